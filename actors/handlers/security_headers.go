package handlers

import (
	"slices"
	"strconv"
	"time"

	"github.com/troupe-go/troupe/actors"
)

// SecurityOptions change what SecurityHeaders sends. For a value "-" the field is not sent.
type SecurityOptions struct {
	// ContentSecurityPolicy is DefaultContentSecurityPolicy unless set. Aim for one that begins with "default-src 'self'".
	ContentSecurityPolicy string
	// FrameOptions is for browsers that do not know frame-ancestors: "SAMEORIGIN". Others ignore it if the policy has
	// frame-ancestors.
	FrameOptions string
	// ReferrerPolicy is "strict-origin-when-cross-origin": other sites learn the origin of a page, and not its path. With
	// "no-referrer", forms would be sent with the origin null, which checks against forged requests refuse.
	ReferrerPolicy string
	// OpenerPolicy is Cross-Origin-Opener-Policy: "same-origin-allow-popups". A page of another site that opens yours has
	// no hold on it, while a login in a popup of your own still works.
	OpenerPolicy string
	// PermissionsPolicy is not sent unless set, as "camera=(), microphone=()".
	PermissionsPolicy string
	// HSTS is for how long browsers must use TLS for this host (RFC 6797): not sent unless set, and only over TLS. It cannot
	// be taken back: begin with an hour. A proxy that has the TLS has to send it itself.
	HSTS time.Duration
	// HSTSSubdomains has it apply to all subdomains, also to those that other servers serve.
	HSTSSubdomains bool
}

// DefaultContentSecurityPolicy breaks no usual page, because it leaves scripts, styles and forms alone: pages have them
// inline, load them from elsewhere, and forms lead to logins elsewhere. It stops what no usual page does: to be framed by
// another site, a base of another site, and plugins.
const DefaultContentSecurityPolicy = "base-uri 'self'; frame-ancestors 'self'; object-src 'self'"

// SecurityHeaders adds fields to each response that make browsers more careful: X-Content-Type-Options: nosniff, and those
// of the options. A field that the handler has set stays.
func SecurityHeaders(options SecurityOptions) actors.RouteOption {
	plain := options.fields()
	overTLS := slices.Clip(append(slices.Clone(plain), options.hsts()...))
	return actors.After(func(r *actors.Request, response *actors.Response) {
		fields := plain
		if r.TLS() != nil {
			fields = overTLS
		}
		all := slices.Grow(slices.Clip(response.Fields), len(fields)) // a copy: others may have the same fields
		for _, field := range fields {
			if !response.Fields.Has(field.Name) {
				all = append(all, field)
			}
		}
		response.Fields = all
	})
}

func (o *SecurityOptions) fields() (fields actors.Fields) {
	for _, field := range []struct{ name, value, otherwise string }{
		{"X-Content-Type-Options", "", "nosniff"},
		{"Content-Security-Policy", o.ContentSecurityPolicy, DefaultContentSecurityPolicy},
		{"X-Frame-Options", o.FrameOptions, "SAMEORIGIN"},
		{"Referrer-Policy", o.ReferrerPolicy, "strict-origin-when-cross-origin"},
		{"Cross-Origin-Opener-Policy", o.OpenerPolicy, "same-origin-allow-popups"},
		{"Permissions-Policy", o.PermissionsPolicy, "-"},
	} {
		if field.value == "" {
			field.value = field.otherwise
		}
		checkText("SecurityHeaders: "+field.name, field.value)
		if field.value != "-" {
			fields = append(fields, actors.Field{Name: field.name, Value: field.value})
		}
	}
	return fields
}

// hsts is the field for responses over TLS, if it was asked for.
func (o *SecurityOptions) hsts() actors.Fields {
	switch {
	case o.HSTS == 0 && o.HSTSSubdomains:
		mistake("SecurityHeaders: HSTSSubdomains has no time: write HSTS: time.Hour, and more when all works")
	case o.HSTS == 0:
		return nil
	case o.HSTS < time.Second:
		mistake("SecurityHeaders: HSTS is %v, which is no whole second: write HSTS: time.Hour, or leave it out", o.HSTS)
	}
	value := "max-age=" + strconv.FormatInt(int64(o.HSTS/time.Second), 10)
	if o.HSTSSubdomains {
		value += "; includeSubDomains"
	}
	return actors.Fields{{Name: "Strict-Transport-Security", Value: value}}
}
