package actors

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// An Event is one of a stream of server-sent events (WHATWG HTML §9.2). A browser reads it with EventSource:
//
//	const live = new EventSource("/rooms/red/live")
//	live.addEventListener("message", event => show(event.data))
//	live.addEventListener("resync", () => location.reload())
type Event struct {
	Type string // for addEventListener; "" is the same as "message"
	Data string // text of any number of lines
	// ID is what the client says when it comes back, so that it gets what it has missed. Topic.Publish makes one if it
	// is "". It must not occur twice in a topic.
	ID string
	// Key is for topics with Coalesce: a later event with the same key takes the place of this one. Clients do not get
	// it.
	Key string
}

// JSONEvent makes an event whose data is the value as JSON. It fails if encoding/json does.
func JSONEvent(eventType string, value any) (Event, error) {
	data, err := json.Marshal(value)
	return Event{Type: eventType, Data: string(data)}, err
}

// Resync is the type of the event for a client that was away for so long that what it has missed is forgotten. Its data
// is empty. The client has to load anew what it shows.
const Resync = "resync"

// appendTo appends the event as the client reads it.
func (e *Event) appendTo(stream []byte) []byte {
	if e.ID != "" {
		stream = appendEventLine(stream, "id: ", e.ID)
	}
	if e.Type != "" {
		stream = appendEventLine(stream, "event: ", e.Type)
	}
	for rest, more := e.Data, true; more; {
		var line string
		line, rest, more = cutLine(rest)
		stream = appendEventLine(stream, "data: ", line)
	}
	return append(stream, '\n')
}

// appendEventLine appends a field of one line. What would end the line, or spoil an id, becomes a space.
func appendEventLine(stream []byte, name, value string) []byte {
	stream = append(stream, name...)
	if strings.ContainsAny(value, "\r\n\x00") {
		value = strings.NewReplacer("\r", " ", "\n", " ", "\x00", " ").Replace(value)
	}
	return append(append(stream, value...), '\n')
}

// cutLine cuts the first line off a text. Lines end with CR, LF or both.
func cutLine(text string) (line, rest string, more bool) {
	end := strings.IndexAny(text, "\r\n")
	if end < 0 {
		return text, "", false
	}
	next := end + 1
	if text[end] == '\r' && next < len(text) && text[next] == '\n' {
		next++
	}
	return text[:end], text[next:], true
}

// appendRetry appends after which time a client comes back.
func appendRetry(stream []byte, after time.Duration) []byte {
	stream = append(stream, "retry: "...)
	return append(strconv.AppendInt(stream, after.Milliseconds(), 10), "\n\n"...)
}
