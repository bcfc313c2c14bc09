package handlers

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/wire"
)

// Static makes a handler for a resource that never changes. The resource has an entity tag, so that a client that
// knows the content does not get it again: If-Match and If-None-Match are evaluated (RFC 9110 §13.1).
func Static(contentType string, content []byte) *actors.Handler {
	sum := sha256.Sum256(content)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	resource := wire.Representation{Exists: true, Tag: wire.EntityTag(tag)}
	fields := actors.Fields{{Name: "ETag", Value: tag}} // shared by all responses; nobody changes them
	return actors.Func(func(r *actors.Request) *actors.Response {
		response := r.Bytes(200, contentType, content)
		if status := resource.Evaluate(r.Method(), wire.Fields(r.Fields()), 0).Status; status != 0 {
			response = r.Status(status)
		}
		response.Fields = fields
		return response
	})
}
