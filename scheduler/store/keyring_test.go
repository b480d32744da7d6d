package store

import (
	"bytes"
	"errors"
	"testing"
)

func ringOf(t *testing.T, keys ...byte) Keyring {
	t.Helper()
	secrets := make([][]byte, len(keys))
	for i, k := range keys {
		secrets[i] = bytes.Repeat([]byte{k}, KeySize)
	}
	ring, err := NewKeyring(secrets[0], secrets[1:]...)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func TestASealedSecretOpensOnlyInItsPlaceAndWithItsKey(t *testing.T) {
	sealed, err := ringOf(t, 1).Seal("grants:access:a", "secret")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		ring   Keyring
		place  string
		sealed string
		opens  bool
	}{
		{"in its place", ringOf(t, 1), "grants:access:a", sealed, true},
		{"after the key became an old one", ringOf(t, 2, 1), "grants:access:a", sealed, true},
		{"in another row", ringOf(t, 1), "grants:access:b", sealed, false},
		{"in another column", ringOf(t, 1), "grants:refresh:a", sealed, false},
		{"with another key", ringOf(t, 2), "grants:access:a", sealed, false},
		{"without any key", Keyring{}, "grants:access:a", sealed, false},
		{"cut short", ringOf(t, 1), "grants:access:a", sealed[:len(sealed)-4], false},
		{"as plain text", ringOf(t, 1), "grants:access:a", "secret", false},
		{"when empty", ringOf(t, 1), "grants:access:a", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			secret, err := tt.ring.Open(tt.place, tt.sealed)
			if tt.opens && (err != nil || secret != "secret") {
				t.Errorf("it opens as %q, %v", secret, err)
			}
			if !tt.opens && !errors.Is(err, ErrSealed) {
				t.Errorf("it opens as %q, %v; it should not", secret, err)
			}
		})
	}
}

func TestSealingTheSameTwiceLooksDifferent(t *testing.T) {
	ring := ringOf(t, 1)
	a, errA := ring.Seal("p", "secret")
	b, errB := ring.Seal("p", "secret")
	if errA != nil || errB != nil || a == b {
		t.Errorf("sealed as %q and %q (%v, %v)", a, b, errA, errB)
	}
}

func TestAKeyOfTheWrongLengthIsRefused(t *testing.T) {
	if _, err := NewKeyring(make([]byte, KeySize), make([]byte, KeySize-1)); err == nil {
		t.Error("a short key was taken")
	}
}

func TestASignatureHoldsForItsPurposeAndMessage(t *testing.T) {
	ring := ringOf(t, 1)
	signature := ring.Sign("act", "done hold1")
	if !bytes.Equal(signature, ring.Sign("act", "done hold1")) {
		t.Error("signing the same twice gives two signatures")
	}
	for _, tt := range []struct {
		name, purpose, message string
		ring                   Keyring
		want                   bool
	}{
		{"its own", "act", "done hold1", ring, true},
		{"by a key that is old now", "act", "done hold1", ringOf(t, 2, 1), true},
		{"another message", "act", "done hold2", ring, false},
		{"another purpose", "feed", "done hold1", ring, false},
		{"a purpose that runs into the message", "ac", "tdone hold1", ring, false},
		{"another key", "act", "done hold1", ringOf(t, 2), false},
	} {
		if got := tt.ring.Verify(tt.purpose, tt.message, signature); got != tt.want {
			t.Errorf("%s: Verify = %v", tt.name, got)
		}
	}
}
