package handlers

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io"
	"io/fs"
	"sync"
)

// hashes are those of the files of an embed.FS, which never change.
type hashes struct{ all sync.Map }

// mostHashed is the size up to which a file that may change is read for its hash, in octets.
const mostHashed = 1 << 20

// hashOf returns the hash of a file; "" if it would take too long, again and again.
func (f *filer) hashOf(v *variant) (string, error) {
	if _, constant := f.files.(embed.FS); !constant {
		if v.info.Size() > mostHashed {
			return "", nil
		}
		return hash(f.files, v.name)
	}
	if known, ok := f.hashes.all.Load(v.name); ok {
		return known.(string), nil
	}
	sum, err := hash(f.files, v.name)
	if err == nil {
		f.hashes.all.Store(v.name, sum)
	}
	return sum, err
}

func hash(files fs.FS, name string) (string, error) {
	file, err := files.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)[:8]), nil
}
