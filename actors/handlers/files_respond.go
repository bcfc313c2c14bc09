package handlers

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"time"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/wire"
)

// A variant is a file in the form that a client gets: itself, or a compressed sibling.
type variant struct {
	name   string
	info   fs.FileInfo
	coding string // content coding; "" for none
	tag    wire.EntityTag
	fields actors.Fields
}

// file answers with a file, or a part of it.
func (f *filer) file(r *actors.Request, name string, info fs.FileInfo) *actors.Response {
	if !info.Mode().IsRegular() {
		return f.notFound(r)
	}
	v, err := f.choose(r, name, info)
	if err != nil {
		return f.failed(r, err)
	}
	now := time.Now()
	modified := v.info.ModTime()
	current := wire.Representation{Exists: true, Tag: v.tag, ModifiedOnce: now.Sub(modified) > time.Minute}
	if !modified.IsZero() {
		current.Modified = modified.Unix()
	}
	outcome := current.Evaluate(r.Method(), wire.Fields(r.Fields()), now.Unix())
	switch outcome.Status {
	case 304:
		response := r.Status(304)
		response.Fields = v.fields
		return response
	case 412:
		return r.Fail(&actors.Problem{Status: 412})
	}
	if outcome.Range != "" {
		return f.ranges(r, v, outcome.Range)
	}
	return f.whole(r, v)
}

// mostAtOnce is the size up to which a file is read at once, in octets.
const mostAtOnce = 64 << 10

// whole answers with all of a file.
func (f *filer) whole(r *actors.Request, v *variant) *actors.Response {
	size := v.info.Size()
	if r.Method() == "HEAD" {
		return r.StreamFrom(200, v.fields, bytes.NewReader(nil), size)
	}
	file, err := f.files.Open(v.name)
	if err != nil {
		return f.failed(r, err)
	}
	if size > mostAtOnce {
		return r.StreamFrom(200, v.fields, file, size)
	}
	defer file.Close()
	content := make([]byte, size)
	if _, err := io.ReadFull(file, content); err != nil { // it has become shorter
		return r.Fail(fmt.Errorf("the file %q: %w", v.name, err))
	}
	response := r.Bytes(200, "", content)
	response.Fields = v.fields
	return response
}

// ranges answers with the parts of a file that a client wants (RFC 9110 §14.2).
func (f *filer) ranges(r *actors.Request, v *variant, wanted string) *actors.Response {
	size := v.info.Size()
	ranges, status := wire.ParseRanges(wanted, size)
	switch {
	case status == 416:
		return r.Fail(&actors.Problem{Status: 416}).With("Content-Range", wire.UnsatisfiedRange(size))
	case status != 206:
		return f.whole(r, v)
	}
	file, err := f.files.Open(v.name)
	if err != nil {
		return f.failed(r, err)
	}
	if len(ranges) > 1 {
		return f.byteRanges(r, v, file, ranges)
	}
	part := ranges[0]
	if err := skip(file, part.First); err != nil {
		file.Close()
		return r.Fail(fmt.Errorf("the file %q: %w", v.name, err))
	}
	return r.StreamFrom(206, with(v.fields, "Content-Range", part.ContentRange(size)), file, part.Length())
}

// skip moves to an offset of a file, whether it can seek or not.
func skip(file fs.File, offset int64) (err error) {
	if seeker, can := file.(io.Seeker); can {
		_, err = seeker.Seek(offset, io.SeekStart)
	} else {
		_, err = io.CopyN(io.Discard, file, offset)
	}
	return err
}

// with returns the fields and one more, in a slice of its own.
func with(fields actors.Fields, name, value string) actors.Fields {
	return append(fields[:len(fields):len(fields)], actors.Field{Name: name, Value: value})
}

// choose returns the form of a file that the client is to get, and its fields.
func (f *filer) choose(r *actors.Request, name string, info fs.FileInfo) (*variant, error) {
	v := &variant{name: name, info: info}
	several := !f.options.NotPrecompressed && f.prefersCoded(r, v)
	tag, err := f.tag(v)
	if err != nil {
		return nil, err
	}
	v.tag = tag
	v.fields = append(make(actors.Fields, 0, 8), actors.Field{Name: "Content-Type", Value: f.mediaType(name)},
		actors.Field{Name: "ETag", Value: string(v.tag)}, actors.Field{Name: "Accept-Ranges", Value: "bytes"},
		actors.Field{Name: "X-Content-Type-Options", Value: "nosniff"})
	add := func(name, value string) { v.fields = append(v.fields, actors.Field{Name: name, Value: value}) }
	if modified := v.info.ModTime(); !modified.IsZero() {
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
	return v, nil
}

// dateForm is IMF-fixdate (RFC 9110 §5.6.7).
const dateForm = "Mon, 02 Jan 2006 15:04:05 GMT"

// tag makes an entity tag. Files of an embed.FS have no time, so theirs is made of their content.
func (f *filer) tag(v *variant) (wire.EntityTag, error) {
	suffix := ""
	if v.coding != "" {
		suffix = "-" + v.coding
	}
	modified := v.info.ModTime()
	if modified.IsZero() {
		hash, err := f.hashes.of(f.files, v.name)
		return wire.EntityTag(`"` + hash + suffix + `"`), err
	}
	return wire.EntityTag(`"` + strconv.FormatInt(modified.UnixNano(), 36) + "-" + strconv.FormatInt(v.info.Size(), 36) + suffix + `"`), nil
}
