package wire

import "strings"

// ParseDate parses a date in any of the three forms of RFC 9110 §5.6.7, and returns it in seconds since the beginning
// of 1970 in UTC. It needs to know now, in such seconds too, as one of the forms has only two digits for the year.
//
//	Sun, 06 Nov 1994 08:49:37 GMT    ; IMF-fixdate
//	Sunday, 06-Nov-94 08:49:37 GMT   ; obsolete, RFC 850
//	Sun Nov  6 08:49:37 1994         ; obsolete, asctime
//
// Names are case-sensitive, as the section says. The name of the day has to be one, but is not compared with the date:
// it says nothing that the date does not, and the grammar does not ask for it.
func ParseDate(value string, now int64) (seconds int64, ok bool) {
	d, ok := parseDate(value, now)
	if !ok || !d.exists() {
		return 0, false
	}
	return d.seconds(), true
}

func parseDate(value string, now int64) (d date, ok bool) {
	for _, name := range dayNames {
		if rest, found := strings.CutPrefix(value, name); found {
			d, ok = parseLayout(rest, ", DD-NNN-YY hh:mm:ss GMT")
			d.year = d.latestYear(now)
			return d, ok
		}
		if rest, found := strings.CutPrefix(value, name[:len("Mon")]); found {
			if d, ok = parseLayout(rest, ", DD NNN YYYY hh:mm:ss GMT"); !ok {
				d, ok = parseLayout(rest, " NNN _D hh:mm:ss YYYY")
			}
			return d, ok
		}
	}
	return d, false
}

var dayNames = [...]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

const monthNames = "JanFebMarAprMayJunJulAugSepOctNovDec"

// A date is in the Gregorian calendar, which is extended to years before it.
type date struct{ year, month, day, hour, minute, second int64 }

// parseLayout reads a date by its layout: NNN stands for the name of a month, a letter of number for a digit, and _ for
// a digit or a space. All else stands for itself.
func parseLayout(value, layout string) (d date, ok bool) {
	if len(value) != len(layout) {
		return d, false
	}
	for i := 0; i < len(layout); i++ {
		c, number := value[i], d.number(layout[i])
		switch {
		case layout[i] == 'N':
			at := strings.Index(monthNames, value[i:i+len("NNN")])
			if at < 0 || at%len("NNN") != 0 {
				return d, false
			}
			d.month = int64(at/len("NNN") + 1)
			i += len("NN")
		case number == nil && c != layout[i]:
			return d, false
		case number == nil || layout[i] == '_' && c == ' ':
		case octets[c]&digit == 0:
			return d, false
		default:
			*number = *number*10 + int64(c-'0')
		}
	}
	return d, true
}

// number is the one that a letter of a layout stands for, or nil.
func (d *date) number(letter byte) *int64 {
	switch letter {
	case 'D', '_':
		return &d.day
	case 'Y':
		return &d.year
	case 'h':
		return &d.hour
	case 'm':
		return &d.minute
	case 's':
		return &d.second
	}
	return nil
}

// exists reports whether there is such a date, and such a time: "00:00:00 - 23:59:60 (leap second)" (RFC 9110 §5.6.7).
func (d date) exists() bool {
	leap := d.hour == 23 && d.minute == 59 && d.second == 60
	return d.hour < 24 && d.minute < 60 && (d.second < 60 || leap) && d.day >= 1 && d.day <= d.daysOfMonth()
}

func (d date) daysOfMonth() int64 {
	first, next := d, d
	first.day, next.day = 1, 1
	if next.month++; next.month > 12 {
		next.year, next.month = next.year+1, 1
	}
	return next.days() - first.days()
}

// days is the number of days since the beginning of 1970.
func (d date) days() int64 {
	const (
		epoch = 719469 // days from the March before the year 0 to 1970
		cycle = 146097 // days of 400 years, after which the calendar repeats
	)
	// A year that begins with March has its leap day at its end. One more cycle keeps it from being negative.
	year, month := d.year+400, d.month
	if month < 3 {
		year, month = year-1, month+12
	}
	// 153 days are five months from March on, and from August on.
	return 365*year + year/4 - year/100 + year/400 + (153*month-457)/5 + d.day - epoch - cycle
}

// seconds is the number of seconds since the beginning of 1970. A leap second has the number of the one after it.
func (d date) seconds() int64 {
	return d.days()*86400 + d.hour*3600 + d.minute*60 + d.second
}

// latestYear is the latest year with the last two digits of d with which d is not "more than 50 years in the future"
// (RFC 9110 §5.6.7).
func (d date) latestYear(now int64) int64 {
	const year = 31556952 // seconds, in the mean of 400 years
	limit := now + 50*year
	latest := 1971 + limit/year // or one of the two before
	d.year = latest - (latest-d.year)%100
	if d.seconds() > limit {
		d.year -= 100
	}
	return d.year
}
