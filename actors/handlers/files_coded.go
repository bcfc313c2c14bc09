package handlers

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"sync"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/wire"
)

// codings are the content codings of compressed siblings, the best first, and the suffixes of their names.
var codings = []struct{ name, suffix string }{{"zstd", ".zst"}, {"br", ".br"}, {"gzip", ".gz"}}

// prefersCoded makes the variant a compressed sibling if there is one that the client prefers. It reports whether there
// is any sibling: then the response depends on Accept-Encoding, also for clients that get the file itself.
func (f *filer) prefersCoded(r *actors.Request, v *variant) (several bool) {
	there, infos := make([]string, 0, len(codings)), make([]fs.FileInfo, 0, len(codings))
	for _, coding := range codings {
		info, err := fs.Stat(f.files, v.name+coding.suffix)
		if err == nil && info.Mode().IsRegular() {
			there, infos = append(there, coding.name), append(infos, info)
		}
	}
	if len(there) == 0 {
		return false
	}
	best := wire.PreferredCoding(r.Fields().Values("Accept-Encoding"), there...)
	for i, name := range there {
		if name == best {
			v.coding, v.info = name, infos[i]
		}
	}
	for _, coding := range codings {
		if coding.name == v.coding {
			v.name += coding.suffix
		}
	}
	return true
}

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
