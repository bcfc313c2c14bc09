package actors

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"maps"
	"strings"
	"unicode"

	"github.com/troupe-go/troupe/wire"
)

// A Problem says why a request failed (RFC 9457). It is an error, so that functions can return it up to the handler,
// which answers with [Request.Fail].
type Problem struct {
	Status   int            // of the response, 400 to 599; 0 means 500
	Type     string         // URI of the kind of problem; "" is the same as about:blank
	Title    string         // of the kind of problem; "" means the phrase of the status
	Detail   string         // what went wrong this time, for people
	Instance string         // URI of this one occurrence, if it has one
	More     map[string]any // further members
}

// Error returns the title and the detail.
func (p *Problem) Error() string {
	if p.Detail == "" {
		return p.title()
	}
	return p.title() + ": " + p.Detail
}

func (p *Problem) title() string {
	return cmp.Or(p.Title, wire.StatusText(p.status()), fmt.Sprint(p.status()))
}

func (p *Problem) status() int {
	if p.Status < 400 || p.Status > 599 {
		return 500
	}
	return p.Status
}

// MarshalJSON returns the problem as application/problem+json (RFC 9457 §3).
func (p *Problem) MarshalJSON() ([]byte, error) {
	members := make(map[string]any, len(p.More)+5)
	maps.Copy(members, p.More)
	for name, value := range map[string]string{"type": p.Type, "detail": p.Detail, "instance": p.Instance} {
		if value != "" {
			members[name] = value
		}
	}
	members["title"], members["status"] = p.title(), p.status()
	return json.Marshal(members)
}

// Problem makes a response of a problem, in the form that the client prefers (RFC 9110 §12.5.1): a page for browsers,
// application/problem+json for clients that accept JSON, else text. Unless [Config].Problem makes them, the server's
// own responses are of this kind too.
func (r *Request) Problem(problem *Problem) *Response {
	response := r.problemAs(r.problemType(problem), problem)
	response.why = problem.Detail
	response.Fields = Fields{{"Vary", "Accept"}, {"X-Content-Type-Options", "nosniff"}}
	return response
}

// Media types of a problem.
const (
	typeProblem = "application/problem+json"
	typeJSON    = "application/json"
	typeHTML    = "text/html"
	typePlain   = "text/plain"
)

// problemType is the media type in which the client gets a problem. A client that takes anything gets text, or a page if
// there is little to read.
func (r *Request) problemType(problem *Problem) string {
	accept := r.Fields().Values("Accept")
	if len(accept) == 0 || len(accept) == 1 && accept[0] == "*/*" {
		if problem.Detail == "" {
			return typeHTML
		}
		return typePlain
	}
	return wire.PreferredMediaType(accept, typeProblem, typeJSON, typeHTML, typePlain)
}

func (r *Request) problemAs(mediaType string, problem *Problem) *Response {
	status, title, detail := problem.status(), visible(problem.title()), visible(problem.Detail)
	switch mediaType {
	case typeProblem, typeJSON:
		content, err := json.Marshal(problem)
		if err != nil { // a member of More
			plain := *problem
			plain.More = nil
			content, _ = json.Marshal(&plain)
		}
		return r.Bytes(status, typeProblem, content)
	case typeHTML:
		return r.HTML(status, problemPage(fmt.Sprintf("%d - %s", status, html.EscapeString(title)), html.EscapeString(detail)))
	}
	text := fmt.Sprintf("%d %s\n", status, title)
	if detail != "" {
		text += "\n" + detail + "\n"
	}
	return r.Text(status, text)
}

// visible replaces characters that would act on a terminal, or change the direction of writing.
func visible(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsPrint(c) || c == '\n' || c == '\t' {
			return c
		}
		return unicode.ReplacementChar
	}, text)
}

// problemPage is a page for people who have followed a link.
func problemPage(heading, detail string) string {
	if detail != "" {
		detail = "<p>" + detail + "</p>\n"
	}
	return "<!DOCTYPE html>\n<html lang=\"en\">\n<title>" + heading + "</title>\n<h1>" + heading + "</h1>\n" + detail +
		"<p><a href=\"/\">Home</a></p>\n</html>\n"
}

// Fail answers a request that failed with that error. If the error is or wraps a *[Problem], that is the answer. For
// context.DeadlineExceeded it is a 504, for [ErrDraining] a 503, and for other errors a 500 that does not show the error
// to the client. The log shows it.
func (r *Request) Fail(err error) *Response {
	if err == nil {
		mistake("Fail: the error is nil: there is nothing to fail with")
	}
	var problem *Problem
	switch {
	case errors.As(err, &problem) && problem != nil:
	case errors.Is(err, ErrDraining):
		problem = &Problem{Status: 503, Detail: "The server is about to stop."}
	case errors.Is(err, context.DeadlineExceeded):
		problem = &Problem{Status: 504, Detail: "The work for this request took too long."}
	default:
		problem = &Problem{Status: 500, Detail: "The server failed on this request."}
	}
	response := r.problem(problem)
	response.why = describe(err)
	return response
}

// failure makes an answer of the server itself.
func (r *Request) failure(status int, why string) *Response {
	response := r.problem(&Problem{Status: status, Detail: why})
	response.why = why
	return response
}

// problem makes the response of a problem as the configuration says.
func (r *Request) problem(problem *Problem) *Response {
	if r.env == nil || r.env.config.Problem == nil || !r.explaining.CompareAndSwap(false, true) { // the function itself has failed
		return r.Problem(problem)
	}
	var own *Response
	apart(func() { // a function that ends its goroutine must not end an actor's
		r.env.guard(r.env.system.NewLocalPID(serverName), &r.envelope, func() { own = r.env.config.Problem(r, problem) })
	})
	r.explaining.Store(false)
	if own == nil {
		return r.Problem(problem)
	}
	if why := r.whyNoProblem(own); why != "" {
		r.env.log.noProblem(r, why)
		r.env.discard(own)
		return r.Problem(problem)
	}
	return own
}

// whyNoProblem says why a response of Config.Problem cannot be sent; "" if it can.
func (r *Request) whyNoProblem(response *Response) string {
	switch {
	case response.request != r:
		return "it does not answer its request: return one that the request's methods have made"
	case response.isStream():
		return "it is a stream: return one whose content is there"
	case response.encode != nil:
		return "it has a content coding, which may fail: return one without"
	}
	if err := r.check(new(wire.Encoder), response); err != nil {
		return err.Error()
	}
	return ""
}
