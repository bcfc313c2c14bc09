package actors

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"regexp"
	"strconv"
	"strings"
)

// DecodeJSON stores the content of the request in the value that into points to, as json.Unmarshal does, but strictly:
// the content is one JSON value with no unknown members. On a route with StreamBody it waits for the content, as
// [Request.Reader] does.
//
// The error is a *[Problem] for [Request.Fail]: 415 if the content is not announced as JSON, 400 if it is not what was
// expected, with the member and the place where that shows.
func (r *Request) DecodeJSON(into any) error {
	mediaType, _, err := mime.ParseMediaType(r.Field("Content-Type"))
	if err != nil || mediaType != typeJSON && !strings.HasSuffix(mediaType, "+json") {
		return r.unsupported(typeJSON)
	}
	content, err := r.content()
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return jsonProblem(content, decoder.InputOffset(), err)
	}
	rest := content[decoder.InputOffset():]
	if _, err := decoder.Token(); err != io.EOF {
		next := len(content) - len(bytes.TrimLeft(rest, " \t\r\n")) + 1
		return jsonProblem(content, int64(next), errors.New("there is more after the JSON value"))
	}
	return nil
}

// jsonProblem says what is wrong with JSON content, and where: 1:1 is its first octet.
func jsonProblem(content []byte, offset int64, err error) error {
	var (
		invalid  *json.InvalidUnmarshalError
		syntax   *json.SyntaxError
		mismatch *json.UnmarshalTypeError
	)
	problem := &Problem{Status: 400}
	text := strings.TrimPrefix(err.Error(), "json: ")
	switch {
	case errors.As(err, &invalid):
		mistake("DecodeJSON: the value is no pointer: write request.DecodeJSON(&value)")
	case len(bytes.TrimSpace(content)) == 0:
		problem.Detail = "There is no content; JSON was expected."
		return problem
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.Is(err, io.ErrUnexpectedEOF):
		text, offset = "the JSON ends too early", int64(len(content))
	case errors.As(err, &mismatch):
		offset = mismatch.Offset
		text = fmt.Sprintf("a JSON %s where %s was expected", mismatch.Value, jsonKind(mismatch))
		if mismatch.Field != "" {
			text = mismatch.Field + " is " + text
			problem.More = map[string]any{"field": mismatch.Field}
		}
	default:
		if name, unknown := strings.CutPrefix(text, "unknown field "); unknown {
			name = strings.Trim(name, `"`)
			problem.More = map[string]any{"field": name}
			text, offset = fmt.Sprintf("%q is not a known member", name), placeOfMember(content, name)
		}
	}
	line, column := placeIn(content, offset)
	problem.Detail = fmt.Sprintf("Line %d, column %d: %s.", line, column, text)
	return problem
}

// placeOfMember returns the offset after the first octet of a member; that of the end, if it is not found.
func placeOfMember(content []byte, name string) int64 {
	member := regexp.MustCompile(regexp.QuoteMeta(strconv.Quote(name)) + `\s*:`)
	if at := member.FindIndex(content); at != nil {
		return int64(at[0]) + 1
	}
	return int64(len(content))
}

// jsonKind is what JSON has for the type that was expected.
func jsonKind(mismatch *json.UnmarshalTypeError) string {
	switch kind := mismatch.Type.Kind().String(); {
	case strings.HasPrefix(kind, "int"), strings.HasPrefix(kind, "uint"):
		return "an integer of type " + kind
	case strings.HasPrefix(kind, "float"):
		return "a number"
	case kind == "bool":
		return "true or false"
	case kind == "string":
		return "a string"
	case kind == "slice", kind == "array":
		return "an array"
	}
	return "an object"
}

// placeIn returns the line and the column, from 1 on, of the octet before the offset.
func placeIn(content []byte, offset int64) (line, column int) {
	before := content[:max(min(int(offset), len(content))-1, 0)]
	return 1 + bytes.Count(before, []byte("\n")), len(before) - bytes.LastIndexByte(before, '\n')
}

// unsupported is the problem of content of another media type than the handler reads (RFC 9110 §15.5.16).
func (r *Request) unsupported(wanted string) error {
	got := r.Field("Content-Type")
	if got == "" {
		got = "of no announced type"
	}
	return &Problem{Status: 415, Detail: fmt.Sprintf("The content is %s; %s was expected.", got, wanted)}
}
