package actors

import (
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
)

// Media types of forms.
const (
	typeForm      = "application/x-www-form-urlencoded"
	typeMultipart = "multipart/form-data"
)

// Form reads the fields of a form from the content of the request. Of a multipart form it reads the fields that are not
// files; [Request.Parts] reads all. The error is a *[Problem] for [Request.Fail]: 415 if the content is not announced as
// a form, 400 if it is malformed.
//
// On a route with StreamBody it waits for the content, as [Request.Reader] does; there the fields together may have
// Config.Limits.Body octets, and more is a 413.
func (r *Request) Form() (url.Values, error) {
	mediaType, _, err := mime.ParseMediaType(r.Field("Content-Type"))
	switch {
	case err == nil && mediaType == typeMultipart:
		return r.multipartFields()
	case err != nil || mediaType != typeForm:
		return nil, r.unsupported(typeForm + " or " + typeMultipart)
	}
	content, err := r.content()
	if err != nil {
		return nil, err
	}
	values, err := url.ParseQuery(string(content))
	if err != nil {
		return nil, &Problem{Status: 400, Detail: "The form is malformed: " + err.Error() + "."}
	}
	return values, nil
}

// partCost is about what a field costs besides its name and its value, in octets.
const partCost = 100

// multipartFields reads the fields of a multipart form that are not files.
func (r *Request) multipartFields() (url.Values, error) {
	parts, err := r.Parts()
	if err != nil {
		return nil, err
	}
	values, left := make(url.Values), r.contentLimit()
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return values, nil
		}
		if err != nil {
			return nil, malformedParts(err)
		}
		if left -= int64(len(part.FormName())+len(part.FileName())) + partCost; left < 0 {
			return nil, tooLarge()
		}
		if part.FileName() != "" || part.FormName() == "" {
			continue
		}
		value, err := io.ReadAll(io.LimitReader(part, left+1))
		if err != nil {
			return nil, malformedParts(err)
		}
		if left -= int64(len(value)); left < 0 {
			return nil, tooLarge()
		}
		values.Add(part.FormName(), string(value))
	}
}

// Parts reads a multipart form part by part, in order, in bounded memory:
//
//	parts, err := request.Parts()
//	for {
//		part, err := parts.NextPart() // io.EOF after the last
//		…
//		io.Copy(file, part)
//	}
//
// part.FileName is what the client calls the file, without directories; do not use it as a name without thought. On a
// route with StreamBody the parts are read as they arrive: NextPart and Read wait for them, as [Request.Reader] does.
// The error is a *[Problem]: 415 if the content is not multipart/form-data.
func (r *Request) Parts() (*multipart.Reader, error) {
	mediaType, parameters, err := mime.ParseMediaType(r.Field("Content-Type"))
	if err != nil || mediaType != typeMultipart {
		return nil, r.unsupported(typeMultipart)
	}
	if parameters["boundary"] == "" {
		return nil, &Problem{Status: 400, Detail: "The multipart content has no boundary in its Content-Type."}
	}
	return multipart.NewReader(r.Reader(), parameters["boundary"]), nil
}

func malformedParts(err error) error {
	return &Problem{Status: 400, Detail: fmt.Sprintf("The multipart form is malformed: %v.", err)}
}

func tooLarge() error { return &Problem{Status: 413, Detail: "The content is too large."} }
