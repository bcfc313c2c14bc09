package handlers

import (
	"io"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"
)

// A fileCache remembers files for a moment. A busy server then looks at the disk a few times a second for each file, not
// for each request; nobody who changes a file and looks at it notices.
type fileCache struct {
	mu     sync.RWMutex
	files  map[string]*cachedFile
	octets atomic.Int64 // of content in files
}

// A cachedFile is a file with its compressed siblings.
type cachedFile struct {
	until    time.Time
	variants []*variant // the file itself, then its siblings
}

const (
	cachedFor        = 100 * time.Millisecond
	mostCached       = 1000     // files
	mostCachedOctets = 16 << 20 // of content
)

// get returns a file that was put there a moment ago; else nil.
func (c *fileCache) get(name string) *cachedFile {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if file := c.files[name]; file != nil && time.Now().Before(file.until) {
		return file
	}
	return nil
}

func (c *fileCache) put(name string, file *cachedFile) {
	file.until = time.Now().Add(cachedFor)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.files == nil || len(c.files) >= mostCached || c.octets.Load() > mostCachedOctets {
		c.files = make(map[string]*cachedFile)
		c.octets.Store(0)
	}
	c.files[name] = file
}

func (c *fileCache) drop(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.files, name)
}

// read returns the content of a small file, which it reads once.
func (c *fileCache) read(files fs.FS, v *variant) ([]byte, error) {
	v.once.Do(func() {
		var file fs.File
		if file, v.err = v.open(files); v.err != nil {
			return
		}
		defer file.Close()
		v.content = make([]byte, v.info.Size())
		_, v.err = io.ReadFull(file, v.content)
		c.octets.Add(v.info.Size())
	})
	return v.content, v.err
}
