package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// KeySize is the length of a key in bytes.
const KeySize = 32

// ErrSealed says that a sealed value could not be opened: it was sealed for another
// place, with a key that is not known, or changed since.
var ErrSealed = errors.New("a sealed value does not open")

// Keyring seals secrets with the current key, and opens what it or an older key
// sealed. The zero Keyring seals nothing.
type Keyring struct {
	keys []key // the current one first
}

type key struct {
	id      string
	aead    cipher.AEAD
	signing []byte
}

// NewKeyring makes a keyring of keys of KeySize bytes.
func NewKeyring(current []byte, old ...[]byte) (Keyring, error) {
	var ring Keyring
	for _, secret := range append([][]byte{current}, old...) {
		k, err := newKey(secret)
		if err != nil {
			return Keyring{}, fmt.Errorf("make keyring: %w", err)
		}
		ring.keys = append(ring.keys, k)
	}
	return ring, nil
}

func newKey(secret []byte) (key, error) {
	if len(secret) != KeySize {
		return key{}, fmt.Errorf("a key has %d bytes, not %d", len(secret), KeySize)
	}
	derive := func(purpose string, length int) []byte {
		// It fails only for lengths beyond 255 digests.
		derived, err := hkdf.Key(sha256.New, secret, nil, "holdfast "+purpose, length)
		if err != nil {
			panic(err)
		}
		return derived
	}
	block, err := aes.NewCipher(derive("seal", KeySize))
	if err != nil {
		return key{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return key{}, err
	}
	return key{hex.EncodeToString(derive("id", 4)), aead, derive("sign", KeySize)}, nil
}

// Seal encrypts secret for one place, such as a row and its column: only Open with the same
// place reads it.
func (r Keyring) Seal(place, secret string) (string, error) {
	if len(r.keys) == 0 {
		return "", errors.New("seal: there is no key")
	}
	k := r.keys[0]
	sealed := k.aead.Seal(nil, nil, []byte(secret), []byte(place))
	return k.id + "." + base64.RawURLEncoding.EncodeToString(sealed), nil
}

// Open returns what was sealed for place, or ErrSealed.
func (r Keyring) Open(place, sealed string) (string, error) {
	id, text, _ := strings.Cut(sealed, ".")
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return "", ErrSealed
	}
	for _, k := range r.keys {
		if k.id != id {
			continue
		}
		if secret, err := k.aead.Open(nil, nil, raw, []byte(place)); err == nil {
			return string(secret), nil
		}
	}
	return "", ErrSealed
}

// current reports whether sealed was sealed with the key that seals now.
func (r Keyring) current(sealed string) bool {
	id, _, _ := strings.Cut(sealed, ".")
	return len(r.keys) > 0 && r.keys[0].id == id
}

// Sign returns a signature of message for one purpose. The same message always has
// the same one, as long as the key is current.
func (r Keyring) Sign(purpose, message string) []byte { return r.keys[0].sign(purpose, message) }

// Verify reports whether signature is Sign's, with the current key or an older one.
func (r Keyring) Verify(purpose, message string, signature []byte) bool {
	for _, k := range r.keys {
		if hmac.Equal(k.sign(purpose, message), signature) {
			return true
		}
	}
	return false
}

// VerifyShort is Verify for a signature of which only the first n bytes were kept.
func (r Keyring) VerifyShort(purpose, message string, signature []byte, n int) bool {
	return slices.ContainsFunc(r.keys, func(k key) bool { return hmac.Equal(k.sign(purpose, message)[:n], signature) })
}

func (k key) sign(purpose, message string) []byte {
	mac := hmac.New(sha256.New, k.signing)
	// The length keeps a purpose from running into the message.
	fmt.Fprintf(mac, "%d:%s%s", len(purpose), purpose, message)
	return mac.Sum(nil)
}

// digest returns the hash under which a secret that only needs to be recognized is
// stored. Such secrets are random and long, so it need not be slow.
func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
