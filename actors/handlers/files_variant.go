package handlers

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/wire"
)

// A variant is a file in a form that a client may get: itself, or a compressed sibling. It does not change.
type variant struct {
	name   string
	info   fs.FileInfo
	coding string // content coding; "" for none
	tag    wire.EntityTag
	fields actors.Fields

	once    sync.Once // of what follows
	content []byte
	err     error
}

// codings are the content codings of compressed siblings, the best first, and the suffixes of their names.
var codings = []struct{ name, suffix string }{{"zstd", ".zst"}, {"br", ".br"}, {"gzip", ".gz"}}

// load returns a file with its siblings.
func (f *filer) load(name string, info fs.FileInfo) (*cachedFile, error) {
	file := &cachedFile{variants: []*variant{{name: name, info: info}}}
	if !f.options.NotPrecompressed {
		for _, coding := range codings {
			sibling, err := fs.Stat(f.files, name+coding.suffix)
			if err == nil && sibling.Mode().IsRegular() && !sibling.ModTime().Before(info.ModTime()) { // else it is of an older one
				file.variants = append(file.variants, &variant{name: name + coding.suffix, info: sibling, coding: coding.name})
			}
		}
	}
	for _, v := range file.variants {
		var err error
		if v.tag, err = f.tag(v); err != nil {
			return nil, err
		}
		v.fields = f.fieldsOf(v, name, len(file.variants) > 1)
	}
	f.cache.put(name, file)
	return file, nil
}

// choose returns the form that the client prefers.
func (file *cachedFile) choose(r *actors.Request) *variant {
	if len(file.variants) == 1 {
		return file.variants[0]
	}
	there := make([]string, 0, len(codings))
	for _, v := range file.variants[1:] {
		there = append(there, v.coding)
	}
	best := wire.PreferredCoding(r.Fields().Values("Accept-Encoding"), there...)
	for _, v := range file.variants[1:] {
		if v.coding == best {
			return v
		}
	}
	return file.variants[0]
}

// fieldsOf returns the fields of a response. If there are several forms of the file, all responses say so, also to clients
// that cannot read the others, so that caches keep them apart.
func (f *filer) fieldsOf(v *variant, name string, several bool) actors.Fields {
	fields := make(actors.Fields, 0, 8)
	add := func(name, value string) { fields = append(fields, actors.Field{Name: name, Value: value}) }
	add("Content-Type", f.mediaType(name))
	if v.tag != "" {
		add("ETag", string(v.tag))
	}
	add("Accept-Ranges", "bytes")
	add("X-Content-Type-Options", "nosniff")
	if modified := modTime(v.info); !modified.IsZero() && modified.Before(time.Now()) { // (RFC 9110 §8.8.2.1)
		add("Last-Modified", modified.UTC().Format(dateForm))
	}
	if v.coding != "" {
		add("Content-Encoding", v.coding)
	}
	if several {
		add("Vary", "Accept-Encoding")
	}
	if f.options.CacheControl != "" {
		add("Cache-Control", f.options.CacheControl)
	}
	return slices.Clip(fields)
}

// dateForm is IMF-fixdate (RFC 9110 §5.6.7).
const dateForm = "Mon, 02 Jan 2006 15:04:05 GMT"

// modTime is when a file was modified; zero if that is not known. Builds that can be repeated give all files the same time,
// of long ago.
func modTime(info fs.FileInfo) time.Time {
	if modified := info.ModTime(); modified.Year() > 1980 {
		return modified
	}
	return time.Time{}
}

// tag makes an entity tag. Where files have no time, as in an embed.FS, it is made of their content; a large file that may
// change has none then.
func (f *filer) tag(v *variant) (wire.EntityTag, error) {
	suffix := ""
	if v.coding != "" {
		suffix = "-" + v.coding
	}
	modified := modTime(v.info)
	if modified.IsZero() {
		hash, err := f.hashOf(v)
		if hash == "" {
			return "", err
		}
		return wire.EntityTag(`"` + hash + suffix + `"`), err
	}
	return wire.EntityTag(`"` + strconv.FormatInt(modified.UnixNano(), 36) + "-" + strconv.FormatInt(v.info.Size(), 36) + suffix + `"`), nil
}

// open opens the file. It fails if the file has changed since its fields were made.
func (v *variant) open(files fs.FS) (fs.File, error) {
	if info, err := fs.Stat(files, v.name); err != nil || !info.Mode().IsRegular() { // opening a pipe would wait
		return nil, cmp.Or(err, errChanged)
	}
	file, err := files.Open(v.name)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && (info.Size() != v.info.Size() || !info.ModTime().Equal(v.info.ModTime())) {
		err = errChanged
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// errChanged is the error if a file has changed since a moment ago.
var errChanged = errors.New("the file has just changed")
