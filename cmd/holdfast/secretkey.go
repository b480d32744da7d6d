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

	"holdfast/scheduler/store"
)

// keyFile is the generated key's name in the data directory.
const keyFile = "secret.key"

// makeDataDir makes the data directory, for its owner only.
func (d databaseSettings) makeDataDir(w *world) (string, error) {
	dir, err := d.dataDir(w)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make the data directory: %w", err)
	}
	return dir, nil
}

// keyring returns the keys that seal and sign: those that were set, else the one in
// the data directory, which is made where there is none.
func (s *serviceSettings) keyring(w *world) (store.Keyring, error) {
	keys, err := parseKeys(s.SecretKey)
	if err != nil {
		return store.Keyring{}, err
	}
	if len(keys) == 0 {
		dir, err := s.makeDataDir(w)
		if err != nil {
			return store.Keyring{}, err
		}
		path := filepath.Join(dir, keyFile)
		if err := makeKey(path); err != nil {
			return store.Keyring{}, fmt.Errorf("make a key: %w", err)
		}
		if keys, err = readKeys(path); err != nil {
			return store.Keyring{}, err
		}
	}
	return store.NewKeyring(keys[0], keys[1:]...)
}

// makeKey writes a new key to path, unless there is a file already. Of two processes
// that do so at once one wins, and nobody sees half a key.
func makeKey(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	key := make([]byte, store.KeySize)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), keyFile+".*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	if err := errors.Join(err, temporary.Sync(), temporary.Close()); err != nil {
		return err
	}
	if err := os.Link(temporary.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// readKeys reads the key file, if nobody else can.
func readKeys(path string) ([][]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read the key: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s may be read by others: chmod 600 it", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the key: %w", err)
	}
	keys, err := parseKeys(string(text))
	if err != nil || len(keys) == 0 {
		return nil, fmt.Errorf("%s holds no key of %d bytes in base64", path, store.KeySize)
	}
	return keys, nil
}
