package handlers

import (
	"context"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/wire"
)

// CompressOptions are the settings of [Compress]. The zero value works.
type CompressOptions struct {
	// MinSize is the size from which content is compressed, in octets: 1024. What is smaller hardly gets shorter. It
	// does not count for streams of unknown length.
	MinSize int64
	// Types are the media types that are compressed: text, JSON, XML, JavaScript, SVG, WebAssembly and fonts that are
	// not compressed themselves, unless set. A type may end with "/*".
	Types []string
	// Streams is how many responses are compressed at a time: 256. Each takes some hundred KiB of memory as long as it
	// lasts, which may be long for a stream. Others are sent as they are.
	Streams int
}

// Compress compresses the content of responses for clients that can read it, by zstd (RFC 8878) or gzip (RFC 1952). It
// leaves alone what would not get shorter or must not change: content that is encoded already, parts of files, media
// types that are compressed in themselves, server-sent events, and responses with "Cache-Control: no-transform".
//
// Do not compress responses in which a secret, such as a CSRF token, stands next to text that the client has sent:
// whoever can make a browser send many requests, and sees only the lengths of the responses, can find the secret out
// (BREACH, CVE-2013-3587). Such a response should have "Cache-Control: no-transform", or its route no Compress.
func Compress(options CompressOptions) actors.RouteOption {
	if options.MinSize == 0 {
		options.MinSize = 1024
	}
	if options.Types == nil {
		options.Types = compressible
	}
	if options.Streams == 0 {
		options.Streams = 256
	}
	if options.Streams < 0 || options.MinSize < 0 {
		mistake("Compress: a size or number is below 0: leave it out for its default")
	}
	c := &compressor{options: options}
	return actors.After(c.compress)
}

// compressible are media types whose content gets much shorter.
var compressible = []string{
	"text/*", "application/json", "application/javascript", "application/xml", "application/xhtml+xml", "application/wasm",
	"application/problem+json", "application/ld+json", "application/geo+json", "application/manifest+json",
	"application/atom+xml", "application/rss+xml", "application/graphql-response+json", "application/x-ndjson", "application/yaml",
	"image/svg+xml", "image/bmp", "image/vnd.microsoft.icon", "font/ttf", "font/otf", "font/collection",
}

type compressor struct {
	options CompressOptions
	running atomic.Int64 // streams that are, or will be, compressed
}

// compress is called for each response of the route.
func (c *compressor) compress(r *actors.Request, response *actors.Response) {
	if response.Status == 206 || response.Status == 304 {
		c.mark(r, response)
		return
	}
	if !c.isOfUse(response) {
		return
	}
	if !slices.ContainsFunc(response.Fields.Values("Vary"), func(v string) bool { return v == "Accept-Encoding" }) {
		response.With("Vary", "Accept-Encoding") // also for clients that cannot read it, so that caches keep them apart
	}
	coding := wire.PreferredCoding(r.Fields().Values("Accept-Encoding"), "zstd", "gzip")
	encode := map[string]func(io.Writer) io.WriteCloser{"zstd": encodeZstd, "gzip": encodeGzip}[coding]
	if encode == nil || !c.hasRoom(r, response) {
		return
	}
	response.Encode(coding, encode)
}

// hasRoom reserves room for a stream, until its exchange ends.
func (c *compressor) hasRoom(r *actors.Request, response *actors.Response) bool {
	if length := response.Length(); length >= 0 && length <= 64<<10 {
		return true // it is encoded at once
	}
	if c.running.Add(1) > int64(c.options.Streams) {
		c.running.Add(-1)
		return false
	}
	context.AfterFunc(r.Context(), func() { c.running.Add(-1) })
	return true
}

// mark gives a 304, or a part of a file, the fields of the response that it stands for: what is compressed has a weak tag,
// so that no part of it is put together with one that is not.
func (c *compressor) mark(r *actors.Request, response *actors.Response) {
	contentType := response.Fields.Get("Content-Type")
	if contentType != "" && !c.isCompressible(contentType) || response.Fields.Has("Content-Encoding") {
		return
	}
	response.With("Vary", "Accept-Encoding")
	coding := wire.PreferredCoding(r.Fields().Values("Accept-Encoding"), "zstd", "gzip")
	if response.Status != 304 || coding == "identity" || coding == "" {
		return
	}
	for i, f := range response.Fields {
		if strings.EqualFold(f.Name, "ETag") && !wire.EntityTag(f.Value).Weak() {
			response.Fields[i].Value = "W/" + f.Value
		}
	}
}

// isOfUse reports whether the response may be compressed, and gets shorter.
func (c *compressor) isOfUse(response *actors.Response) bool {
	length := response.Length()
	switch {
	case response.Status < 200, response.Status == 204, response.Status == 205, response.Status == 206, response.Status == 304,
		length >= 0 && length < c.options.MinSize,
		response.Fields.Has("Content-Encoding"), response.Fields.Has("Content-Range"), response.Fields.Has("Content-Digest"), response.Fields.Has("Repr-Digest"):
		return false
	}
	for _, value := range response.Fields.Values("Cache-Control") {
		if strings.Contains(strings.ToLower(value), "no-transform") {
			return false
		}
	}
	contentType := response.ContentType
	if value := response.Fields.Get("Content-Type"); value != "" {
		contentType = value
	}
	return c.isCompressible(contentType)
}

func (c *compressor) isCompressible(contentType string) bool {
	mediaType, ok := wire.ParseMediaType(contentType)
	return ok && !mediaType.Is("text/event-stream") && slices.ContainsFunc(c.options.Types, func(of string) bool {
		kind, all := strings.CutSuffix(of, "/*")
		return mediaType.Is(of) || all && mediaType.Type == kind
	})
}

func encodeZstd(to io.Writer) io.WriteCloser {
	encoder, _ := zstdEncoders.Get().(*zstd.Encoder)
	if encoder == nil { // browsers take windows of up to 8 MiB (RFC 9659), but the memory is ours
		encoder, _ = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(128<<10), zstd.WithLowerEncoderMem(true))
	}
	encoder.Reset(to)
	return &pooled{encoder, func() { encoder.Reset(nil); zstdEncoders.Put(encoder) }}
}

func encodeGzip(to io.Writer) io.WriteCloser {
	encoder, _ := gzipEncoders.Get().(*gzip.Writer)
	if encoder == nil {
		encoder, _ = gzip.NewWriterLevel(nil, gzip.DefaultCompression)
	}
	encoder.Reset(to)
	return &pooled{encoder, func() { encoder.Reset(io.Discard); gzipEncoders.Put(encoder) }}
}

var zstdEncoders, gzipEncoders sync.Pool

// A pooled encoder goes back to its pool at its end.
type pooled struct {
	encoder interface {
		io.WriteCloser
		Flush() error
	}
	release func()
}

func (p *pooled) Write(content []byte) (int, error) { return p.encoder.Write(content) }
func (p *pooled) Flush() error                      { return p.encoder.Flush() }

func (p *pooled) Close() error {
	defer p.release()
	return p.encoder.Close()
}
