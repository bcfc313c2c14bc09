package actors

import "net/http"

// Cookie returns the value of the first cookie with that name (RFC 6265 §5.4); "" if there is none.
func (r *Request) Cookie(name string) string {
	for _, cookie := range r.Cookies() {
		if cookie.Name == name {
			return cookie.Value
		}
	}
	return ""
}

// Cookies returns the cookies of the request, in order. Malformed ones are left out.
func (r *Request) Cookies() []*http.Cookie {
	if !r.Fields().Has("Cookie") {
		return nil
	}
	carrier := http.Request{Header: http.Header{"Cookie": r.Fields().Values("Cookie")}}
	return carrier.Cookies()
}

// SetCookie adds a cookie to the response, and returns the response (RFC 6265 §4.1). Set HttpOnly, Secure and SameSite
// unless you know why not. It panics if the cookie is not valid.
func (r *Response) SetCookie(cookie *http.Cookie) *Response {
	if err := cookie.Valid(); err != nil {
		mistake("SetCookie: %v", err)
	}
	return r.With("Set-Cookie", cookie.String())
}
