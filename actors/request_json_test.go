package actors

import (
	"strings"
	"testing"
)

func TestJSONIsReadStrictly(t *testing.T) {
	type place struct{ Lat, Lon float64 }
	type room struct {
		Name  string   `json:"name"`
		Seats int8     `json:"seats"`
		Tags  []string `json:"tags"`
		At    place    `json:"at"`
		Open  bool     `json:"open"`
	}
	bubble(t, func(k *kit) {
		k.start()
		read := func(r *Request) *Response {
			var into room
			if err := r.DecodeJSON(&into); err != nil {
				return r.Fail(err)
			}
			return r.JSON(200, into)
		}
		k.serve("POST /collected", Func(read))
		k.serve("POST /pulled", Func(read), StreamBody(), MaxBody(100))
		k.serve("POST /by-value", Func(func(r *Request) *Response { return r.Fail(r.DecodeJSON(room{})) }))
		for content, want := range map[string]string{
			`{"name":"red","seats":3,"tags":["a"],"at":{"lat":1},"open":true}`: `200 {"name":"red","seats":3,"tags":["a"],"at":{"Lat":1,"Lon":0},"open":true}`,
			` null `:                          `200 {"name":""`,
			``:                                `400 Bad Request: There is no content; JSON was expected.`,
			`   `:                             `400 Bad Request: There is no content; JSON was expected.`,
			`{"name":"red"`:                   `400 Bad Request: Line 1, column 13: the JSON ends too early.`,
			`{"name":` + "\n" + `  red}`:      `400 Bad Request: Line 2, column 3: invalid character 'r' looking for beginning of value.`,
			`{"name":"red",` + "\n}":          `400 Bad Request: Line 2, column 1: invalid character '}' looking for beginning of object key string.`,
			`{"name":7}`:                      `400 Bad Request: Line 1, column 9: name is a JSON number where a string was expected.`,
			`{"seats":"7"}`:                   `400 Bad Request: Line 1, column 12: seats is a JSON string where an integer of type int8 was expected.`,
			`{"seats":300}`:                   `400 Bad Request: Line 1, column 12: seats is a JSON number 300 where an integer of type int8 was expected.`,
			`{"tags":{}}`:                     `400 Bad Request: Line 1, column 9: tags is a JSON object where an array was expected.`,
			`{"at":{` + "\n" + `"lat":true}}`: `400 Bad Request: Line 2, column 10: at.Lat is a JSON bool where a number was expected.`,
			`{"open":1}`:                      `400 Bad Request: Line 1, column 9: open is a JSON number where true or false was expected.`,
			`[1]`:                             `400 Bad Request: Line 1, column 1: a JSON array where an object was expected.`,
			`{"nom":"red"}`:                   `400 Bad Request: Line 1, column 2: "nom" is not a known member.`,
			`{"name":"red"} {}`:               `400 Bad Request: Line 1, column 16: there is more after the JSON value.`,
			`{} x`:                            `400 Bad Request: Line 1, column 4: there is more after the JSON value.`,
			"{\"name\":\"red\x00\"}":          `400 Bad Request: Line 1, column 13: invalid character '\x00' in string literal.`,
		} {
			for _, path := range []string{"/collected", "/pulled"} {
				got := k.do(NewRequest("POST", path, []byte(content)).With("Content-Type", "application/json; charset=utf-8"))
				if got = strings.ReplaceAll(strings.TrimSpace(got), "\n\n", ": "); !strings.HasPrefix(strings.Replace(got, "400 400 ", "400 ", 1), want) {
					t.Errorf("%s %q: %s\nwant %s", path, content, got, want)
				}
			}
		}
		request := NewRequest("POST", "/collected", []byte(`{"tags":[1]}`)).With("Content-Type", "application/vnd.room+json").With("Accept", "application/json")
		if got, want := k.do(request), `400 {"detail":"Line 1, column 10: tags is a JSON number where a string was expected.","field":"tags","status":400,"title":"Bad Request"}`; got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
		for _, contentType := range []string{"text/plain", "application/x-json", ";", "json"} {
			got := k.do(NewRequest("POST", "/collected", []byte(`{}`)).With("Content-Type", contentType))
			if !strings.HasPrefix(got, "415") || !strings.Contains(got, "application/json was expected") {
				t.Errorf("%q: %s", contentType, got)
			}
		}
		if got := k.do(NewRequest("POST", "/collected", []byte(`{}`))); !strings.Contains(got, "The content is of no announced type; application/json was expected.") {
			t.Error(got)
		}
		if got := k.do(NewRequest("POST", "/pulled", []byte(`"`+strings.Repeat("x", 100)+`"`)).With("Content-Type", "application/json")); !strings.HasPrefix(got, "413") {
			t.Error(got)
		}
		k.do(NewRequest("POST", "/by-value", []byte(`{}`)).With("Content-Type", "application/json"))
		k.wait(0)
		if k.log.count("ERROR", "the value is no pointer: write request.DecodeJSON(&value)") != 1 {
			t.Error("DecodeJSON of a value is no mistake:", k.log.written())
		}
	})
}
