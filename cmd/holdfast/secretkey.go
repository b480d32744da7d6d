package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"holdfast/scheduler/store"
)

// keys returns the keyring that the settings name, or that of the data directory.
func (s *settings) keys(w *world) (store.Keyring, error) {
	text, where := s.SecretKey, ""
	if text == "" {
		dir, err := s.directory(w)
		if err != nil {
			return store.Keyring{}, err
		}
		where = filepath.Join(dir, "secret.key")
		if text, err = generatedKey(where); err != nil {
			return store.Keyring{}, err
		}
	}
	var keys [][]byte
	for part := range strings.SplitSeq(text, ",") {
		key, err := decodeKey(strings.TrimSpace(part))
		if err != nil {
			if where != "" {
				return store.Keyring{}, fmt.Errorf("%s: %w", where, err)
			}
			return store.Keyring{}, wrong("HOLDFAST_SECRET_KEY", err.Error())
		}
		keys = append(keys, key)
	}
	return store.NewKeyring(keys[0], keys[1:]...)
}

func decodeKey(text string) ([]byte, error) {
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if key, err := encoding.DecodeString(text); err == nil && len(key) == store.KeySize {
			return key, nil
		}
	}
	return nil, fmt.Errorf("is not %d bytes in base64: make one with “openssl rand -base64 %d”", store.KeySize, store.KeySize)
}

// generatedKey reads the key in a file that nobody else can read. Where there is no
// file it is made first.
func generatedKey(path string) (string, error) {
	if err := makeKey(path); err != nil {
		return "", fmt.Errorf("make a key: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("read the key: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("%s can be read by others: chmod 600 it", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read the key: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// makeKey writes a new key to path, unless there is a file already. Of two processes
// that do so at once one wins, and neither reads half a key.
func makeKey(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	key := make([]byte, store.KeySize)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), "secret.key.*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = fmt.Fprintln(temporary, base64.StdEncoding.EncodeToString(key))
	if err := errors.Join(err, temporary.Sync(), temporary.Close()); err != nil {
		return err
	}
	if err := os.Link(temporary.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
