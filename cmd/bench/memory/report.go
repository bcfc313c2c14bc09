package memory

import (
	"errors"
	"fmt"

	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/internal/stats"
	"github.com/troupe-go/troupe/cmd/bench/memory/assault"
	"github.com/troupe-go/troupe/cmd/bench/report"
)

// A tolls has the greatest toll of all rounds, by attack and server.
type tolls struct {
	assaults []assault.Assault
	tolls    map[string]map[string]toll
}

func (m tolls) add(a assault.Assault, server string, t toll) {
	if m.tolls[a.Name] == nil {
		m.tolls[a.Name] = map[string]toll{}
	}
	most := m.tolls[a.Name][server]
	t.connections, t.sent = max(t.connections, most.connections), max(t.sent, most.sent)
	t.start, t.highest = max(t.start, most.start), max(t.highest, most.highest)
	t.held, t.after = max(t.held, most.held), max(t.after, most.after)
	t.uploads.Merge(most.uploads)
	m.tolls[a.Name][server] = t
}

// tables are the report.
func (m tolls) tables() string {
	text := m.attacks()
	if each := m.each(); each != "" {
		text += "\n" + each
	}
	if others := m.others(); others != "" {
		text += "\n" + others
	}
	return text
}

func (m tolls) attacks() string {
	lines := [][]string{{"attack", "connections", "sent", "start", "highest", "documented most", "after",
		"net/http: highest", "net/http: after"}}
	for _, a := range m.assaults {
		if m.tolls[a.Name] == nil {
			continue
		}
		t, other := m.tolls[a.Name][roster.Troupe], m.tolls[a.Name][roster.NetHTTP]
		lines = append(lines, []string{a.Name, report.Grouped(t.connections), report.Grouped(t.sent >> 20), report.Grouped(mib(t.start)),
			report.Grouped(mib(t.highest)), report.Grouped(mib(a.Sum(t.start))), report.Grouped(mib(t.after)),
			ifAny(other.highest, report.Grouped(mib(other.highest))), ifAny(other.highest, report.Grouped(mib(other.after)))})
	}
	return report.Markdown(lines, 1)
}

// ifAny returns the text, or a dash if nothing was measured.
func ifAny(measured int, text string) string {
	if measured == 0 {
		return "–"
	}
	return text
}

// each is the cost of one silent connection, or "" if there are none.
func (m tolls) each() string {
	lines := [][]string{{"a silent connection, KiB", "Troupe", "documented most", "net/http", "Troupe ÷ net/http"}}
	for _, a := range m.assaults {
		if !a.Quiet || m.tolls[a.Name] == nil {
			continue
		}
		kib, other := m.kibEach(a, roster.Troupe), m.kibEach(a, roster.NetHTTP)
		compared := "–"
		if other > 0 {
			compared = fmt.Sprintf("%.2f", kib/other)
		}
		lines = append(lines, []string{a.Name, fmt.Sprintf("%.1f", kib), fmt.Sprint(int(a.Most)),
			ifAny(int(other), fmt.Sprintf("%.1f", other)), compared})
	}
	if len(lines) == 1 {
		return ""
	}
	return report.Markdown(lines, 1)
}

func (m tolls) kibEach(a assault.Assault, server string) float64 {
	t := m.tolls[a.Name][server]
	return float64(t.held-t.start) / float64(a.Connections)
}

// others are the uploads made while content was hoarded, or "" if there were none.
func (m tolls) others() string {
	lines := [][]string{{"uploads of others, while content is hoarded", "200", "503", "other answer, or none"}}
	for _, a := range m.assaults {
		for _, name := range a.Rivals() {
			if seen := m.tolls[a.Name][name].uploads; seen.Offered > 0 {
				lines = append(lines, []string{roster.Label(name), report.Grouped(len(seen.Served)), report.Grouped(len(seen.Shed)), report.Grouped(seen.Failed)})
			}
		}
	}
	if len(lines) == 1 {
		return ""
	}
	return report.Markdown(lines, 1)
}

const (
	leastUploads = 99.0 // percent of other clients' uploads must be served
	mostOfTLS    = 0.5  // times the cost of net/http for a silent TLS connection
)

// verdict fails if Troupe used more memory than documented, or keeps it.
func (m tolls) verdict() error {
	var errs []error
	wrong := func(a assault.Assault, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s: %w", a.Name, fmt.Errorf(format, args...)))
	}
	for _, a := range m.assaults {
		t := m.tolls[a.Name][roster.Troupe]
		if most := a.Sum(t.start); t.highest > most {
			wrong(a, "%d MiB were resident, and %d are the documented most", mib(t.highest), mib(most))
		}
		if t.after > t.allowed() {
			wrong(a, "%d MiB are left, and %d allowed", mib(t.after), mib(t.allowed()))
		}
		if served := stats.Share(len(t.uploads.Served), t.uploads.Offered); t.uploads.Offered > 0 && served < leastUploads {
			wrong(a, "%.1f %% of the uploads of others were served", served)
		}
		kib, other := m.kibEach(a, roster.Troupe), m.kibEach(a, roster.NetHTTP)
		if a.Quiet && kib > float64(a.Most) {
			wrong(a, "%.1f KiB for each connection, and %d are the documented most", kib, int(a.Most))
		}
		if a.Secure() && kib > mostOfTLS*other {
			wrong(a, "%.1f KiB for each connection, above %.1f times the %.1f of net/http", kib, mostOfTLS, other)
		}
	}
	return errors.Join(errs...)
}
