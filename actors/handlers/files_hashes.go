package handlers

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"sync"
)

// hashes are those of files without a time, which never change.
type hashes struct{ all sync.Map }

// of returns the hash of a file. It reads the file the first time.
func (h *hashes) of(files fs.FS, name string) (string, error) {
	if known, ok := h.all.Load(name); ok {
		return known.(string), nil
	}
	file, err := files.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", err
	}
	hash := hex.EncodeToString(sum.Sum(nil)[:8])
	h.all.Store(name, hash)
	return hash, nil
}
