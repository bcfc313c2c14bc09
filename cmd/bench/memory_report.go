package main

import (
	"errors"
	"fmt"
)

// A memoryReport has the greatest toll of all rounds, by attack and server.
type memoryReport struct {
	assaults []assault
	tolls    map[string]map[string]toll
}

func (m memoryReport) add(a assault, server string, t toll) {
	if m.tolls[a.name] == nil {
		m.tolls[a.name] = map[string]toll{}
	}
	most := m.tolls[a.name][server]
	t.connections, t.sent = max(t.connections, most.connections), max(t.sent, most.sent)
	t.start, t.highest = max(t.start, most.start), max(t.highest, most.highest)
	t.held, t.after = max(t.held, most.held), max(t.after, most.after)
	t.uploads.merge(most.uploads)
	m.tolls[a.name][server] = t
}

// tables are the report.
func (m memoryReport) tables() string {
	text := m.attacks()
	if each := m.each(); each != "" {
		text += "\n" + each
	}
	if others := m.others(); others != "" {
		text += "\n" + others
	}
	return text
}

func (m memoryReport) attacks() string {
	lines := [][]string{{"attack", "connections", "sent", "start", "highest", "documented most", "after",
		"net/http: highest", "net/http: after"}}
	for _, a := range m.assaults {
		if m.tolls[a.name] == nil {
			continue
		}
		t, other := m.tolls[a.name][troupe], m.tolls[a.name][netHTTP]
		lines = append(lines, []string{a.name, grouped(t.connections), grouped(t.sent >> 20), grouped(mib(t.start)),
			grouped(mib(t.highest)), grouped(mib(a.sum(t.start))), grouped(mib(t.after)),
			ifAny(other.highest, grouped(mib(other.highest))), ifAny(other.highest, grouped(mib(other.after)))})
	}
	return markdown(lines, 1)
}

// ifAny is the text, or a dash where nothing was measured.
func ifAny(measured int, text string) string {
	if measured == 0 {
		return "–"
	}
	return text
}

// each is what one of the connections that are silent costs, or "" where there are none.
func (m memoryReport) each() string {
	lines := [][]string{{"a silent connection, KiB", "Troupe", "documented most", "net/http", "Troupe ÷ net/http"}}
	for _, a := range m.assaults {
		if !a.quiet || m.tolls[a.name] == nil {
			continue
		}
		kib, other := m.kibEach(a, troupe), m.kibEach(a, netHTTP)
		compared := "–"
		if other > 0 {
			compared = fmt.Sprintf("%.2f", kib/other)
		}
		lines = append(lines, []string{a.name, fmt.Sprintf("%.1f", kib), fmt.Sprint(int(a.most)),
			ifAny(int(other), fmt.Sprintf("%.1f", other)), compared})
	}
	if len(lines) == 1 {
		return ""
	}
	return markdown(lines, 1)
}

func (m memoryReport) kibEach(a assault, server string) float64 {
	t := m.tolls[a.name][server]
	return float64(t.held-t.start) / float64(a.connections)
}

// others are the uploads that were made while content was hoarded, or "" where there were none.
func (m memoryReport) others() string {
	lines := [][]string{{"uploads of others, while content is hoarded", "200", "503", "other answer, or none"}}
	for _, a := range m.assaults {
		for _, name := range a.rivals() {
			if seen := m.tolls[a.name][name].uploads; seen.offered > 0 {
				lines = append(lines, []string{label(name), grouped(len(seen.served)), grouped(len(seen.shed)), grouped(seen.failed)})
			}
		}
	}
	if len(lines) == 1 {
		return ""
	}
	return markdown(lines, 1)
}

const (
	leastUploads = 99.0 // percent of the uploads of others that have to be served
	mostOfTLS    = 0.5  // times of what net/http has for a silent connection with TLS
)

// verdict fails if Troupe had more than the documentation says, or keeps it.
func (m memoryReport) verdict() error {
	var errs []error
	wrong := func(a assault, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s: %w", a.name, fmt.Errorf(format, args...)))
	}
	for _, a := range m.assaults {
		t := m.tolls[a.name][troupe]
		if most := a.sum(t.start); t.highest > most {
			wrong(a, "%d MiB were resident, and %d are the documented most", mib(t.highest), mib(most))
		}
		if t.after > t.allowed() {
			wrong(a, "%d MiB are left, and %d allowed", mib(t.after), mib(t.allowed()))
		}
		if served := share(len(t.uploads.served), t.uploads.offered); t.uploads.offered > 0 && served < leastUploads {
			wrong(a, "%.1f %% of the uploads of others were served", served)
		}
		kib, other := m.kibEach(a, troupe), m.kibEach(a, netHTTP)
		if a.quiet && kib > float64(a.most) {
			wrong(a, "%.1f KiB for each connection, and %d are the documented most", kib, int(a.most))
		}
		if a.secure() && kib > mostOfTLS*other {
			wrong(a, "%.1f KiB for each connection, above %.1f times the %.1f of net/http", kib, mostOfTLS, other)
		}
	}
	return errors.Join(errs...)
}
