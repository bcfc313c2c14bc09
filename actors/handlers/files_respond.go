package handlers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/wire"
)

// file answers with a file, or a part of it. If the file has changed since a moment ago, it looks again, once.
func (f *filer) file(r *actors.Request, name string, file *cachedFile) *actors.Response {
	response, err := f.variant(r, file.choose(r))
	if err == nil {
		return response
	}
	f.cache.drop(name)
	info, statErr := fs.Stat(f.files, name)
	if statErr != nil || !info.Mode().IsRegular() {
		return f.failed(r, errors.Join(err, statErr))
	}
	if file, err = f.load(name, info); err == nil {
		response, err = f.variant(r, file.choose(r))
	}
	if err != nil {
		f.cache.drop(name)
		return f.failed(r, err)
	}
	return response
}

// variant answers with one form of a file, as far as the client wants it (RFC 9110 §13).
func (f *filer) variant(r *actors.Request, v *variant) (*actors.Response, error) {
	now, modified := time.Now(), modTime(v.info)
	current := wire.Representation{Exists: true, Tag: v.tag, ModifiedOnce: now.Sub(modified) > time.Minute}
	if !modified.IsZero() {
		current.Modified = modified.Unix()
	}
	outcome := current.Evaluate(r.Method(), wire.Fields(r.Fields()), now.Unix())
	switch {
	case outcome.Status == 304:
		response := r.Status(304)
		response.Fields = v.fields
		return response, nil
	case outcome.Status == 412:
		return r.Fail(&actors.Problem{Status: 412}), nil
	case outcome.Range != "":
		return f.ranges(r, v, outcome.Range)
	}
	return f.whole(r, v)
}

// mostAtOnce is the size up to which a file is read at once, in octets.
const mostAtOnce = 64 << 10

// whole answers with all of a file.
func (f *filer) whole(r *actors.Request, v *variant) (*actors.Response, error) {
	size := v.info.Size()
	switch {
	case r.Method() == "HEAD":
		return r.StreamFrom(200, v.fields, bytes.NewReader(nil), size), nil
	case size > mostAtOnce:
		file, err := v.open(f.files)
		if err != nil {
			return nil, err
		}
		return r.StreamFrom(200, v.fields, file, size), nil
	}
	content, err := f.cache.read(f.files, v)
	if err != nil {
		return nil, err
	}
	response := r.Bytes(200, "", content)
	response.Fields = v.fields
	return response, nil
}

// ranges answers with the parts of a file that a client wants (RFC 9110 §14.2).
func (f *filer) ranges(r *actors.Request, v *variant, wanted string) (*actors.Response, error) {
	size := v.info.Size()
	ranges, status := wire.ParseRanges(wanted, size)
	switch {
	case status == 416:
		return r.Fail(&actors.Problem{Status: 416}).With("Content-Range", wire.UnsatisfiedRange(size)), nil
	case status != 206:
		return f.whole(r, v)
	}
	file, err := v.open(f.files)
	if err != nil {
		return nil, err
	}
	if _, seeks := file.(io.Seeker); len(ranges) > 1 && !seeks {
		file.Close()
		return f.whole(r, v)
	}
	if len(ranges) > 1 {
		return f.byteRanges(r, v, file, ranges), nil
	}
	part := ranges[0]
	if err := skip(file, part.First); err != nil {
		file.Close()
		return nil, fmt.Errorf("the file %q: %w", v.name, err)
	}
	return r.StreamFrom(206, with(v.fields, "Content-Range", part.ContentRange(size)), file, part.Length()), nil
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
