package wire

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

const (
	theDate    = 784111777 // Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110 §5.6.7
	theDateIMF = "Sun, 06 Nov 1994 08:49:37 GMT"
	today      = 1790000000 // in September 2026
)

func TestParseDate(t *testing.T) {
	for _, test := range []struct {
		name, value string
		want        int64
	}{
		{"IMF-fixdate", theDateIMF, theDate},
		{"RFC 850", "Sunday, 06-Nov-94 08:49:37 GMT", theDate},
		{"asctime", "Sun Nov  6 08:49:37 1994", theDate},
		{"asctime with two digits", "Sun Nov 06 08:49:37 1994", theDate},
		{"asctime, later", "Wed Nov 16 08:49:37 1994", theDate + 10*86400},
		{"the first second", "Thu, 01 Jan 1970 00:00:00 GMT", 0},
		{"the second before", "Wed, 31 Dec 1969 23:59:59 GMT", -1},
		{"the first year", "Sat, 01 Jan 0000 00:00:00 GMT", -62167219200},
		{"the last year", "Fri, 31 Dec 9999 23:59:59 GMT", 253402300799},
		{"a leap day", "Thu, 29 Feb 2024 00:00:00 GMT", 1709164800},
		{"the leap day of a leap century", "Tue, 29 Feb 2000 12:00:00 GMT", 951825600},
		{"a leap second", "Sat, 31 Dec 2016 23:59:60 GMT", 1483228800},
		{"another day of the week", "Mon, 06 Nov 1994 08:49:37 GMT", theDate},
	} {
		t.Run("§5.6.7 "+test.name, func(t *testing.T) {
			if got, ok := ParseDate(test.value, today); got != test.want || !ok {
				t.Errorf("%q is %d, %v, want %d", test.value, got, ok, test.want)
			}
		})
	}
}

func TestParseDateRefuses(t *testing.T) {
	for _, test := range []struct{ name, value string }{
		{"nothing", ""},
		{"a day alone", "Sun"},
		{"a number", "784111777"},
		{"no leap day in that year", "Wed, 29 Feb 2023 00:00:00 GMT"},
		{"no leap day in that century", "Mon, 29 Feb 2100 00:00:00 GMT"},
		{"the day 0", "Sun, 00 Nov 1994 08:49:37 GMT"},
		{"the day 31 of November", "Thu, 31 Nov 1994 08:49:37 GMT"},
		{"the day 32", "Sun, 32 Dec 1994 08:49:37 GMT"},
		{"the hour 24", "Sun, 06 Nov 1994 24:00:00 GMT"},
		{"the minute 60", "Sun, 06 Nov 1994 08:60:00 GMT"},
		{"the second 60, at no end of a day", "Sun, 06 Nov 1994 08:49:60 GMT"},
		{"the second 60, at no end of an hour", "Sun, 06 Nov 1994 23:49:60 GMT"},
		{"the second 61", "Sun, 06 Nov 1994 23:59:61 GMT"},
		{"another zone", "Sun, 06 Nov 1994 08:49:37 UTC"},
		{"a numeric zone", "Sun, 06 Nov 1994 08:49:37 +0000"},
		{"no zone", "Sun, 06 Nov 1994 08:49:37"},
		{"no day of the week", "06 Nov 1994 08:49:37 GMT"},
		{"an unknown day of the week", "Xyz, 06 Nov 1994 08:49:37 GMT"},
		{"an unknown month", "Sun, 06 Xyz 1994 08:49:37 GMT"},
		{"a month across two", "Sun, 06 nFe 1994 08:49:37 GMT"},
		{"the day in lower case", "sun, 06 Nov 1994 08:49:37 GMT"},
		{"the month in lower case", "Sun, 06 nov 1994 08:49:37 GMT"},
		{"the zone in lower case", "Sun, 06 Nov 1994 08:49:37 gmt"},
		{"one digit", "Sun, 6 Nov 1994 08:49:37 GMT"},
		{"a space for a digit", "Sun,  6 Nov 1994 08:49:37 GMT"},
		{"five digits", "Sun, 06 Nov 19940 08:49:37 GMT"},
		{"a sign", "Sun, 06 Nov +994 08:49:37 GMT"},
		{"no digit", "Sun, 06 Nov 1994 08:4x:37 GMT"},
		{"no comma", "Sun 06 Nov 1994 08:49:37 GMT"},
		{"a day in full", "Sunday, 06 Nov 1994 08:49:37 GMT"},
		{"white space around", " " + theDateIMF},
		{"more", theDateIMF + "x"},
		{"two dates", theDateIMF + ", " + theDateIMF},
		{"RFC 850 with a year in full", "Sunday, 06-Nov-1994 08:49:37 GMT"},
		{"RFC 850 with a short day", "Sun, 06-Nov-94 08:49:37 GMT"},
		{"RFC 850 with spaces", "Sunday, 06 Nov 94 08:49:37 GMT"},
		{"asctime with a zone", "Sun Nov  6 08:49:37 1994 GMT"},
		{"asctime with one space", "Sun Nov 6 08:49:37 1994"},
		{"asctime with the day 0", "Sun Nov  0 08:49:37 1994"},
		{"asctime with a digit and a space", "Sun Nov 6  08:49:37 1994"},
		{"asctime with no day", "Sun Nov    08:49:37 1994"},
		{"asctime with two digits of the year", "Sun Nov  6 08:49:37 94"},
	} {
		t.Run("§5.6.7 "+test.name, func(t *testing.T) {
			if got, ok := ParseDate(test.value, today); ok || got != 0 {
				t.Errorf("%q is %d, %v, want it refused", test.value, got, ok)
			}
		})
	}
}

// A year of two digits is the latest that is not more than 50 years in the future.
func TestTwoDigitYear(t *testing.T) {
	at := func(year int, month time.Month, day int) int64 {
		return time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix()
	}
	for _, test := range []struct {
		now   int64
		value string
		year  int
	}{
		{at(2026, 9, 1), "94", 1994}, {at(2026, 9, 1), "26", 2026}, {at(2026, 9, 1), "75", 2075}, {at(2026, 9, 1), "76", 2076},
		{at(2026, 1, 1), "76", 1976}, {at(2026, 9, 1), "77", 1977}, {at(2026, 9, 1), "00", 2000}, {at(2026, 9, 1), "99", 1999},
		{at(1999, 12, 31), "00", 2000}, {at(1999, 12, 31), "49", 2049}, {at(1999, 12, 31), "50", 1950},
		{at(2060, 9, 1), "05", 2105}, {at(2060, 9, 1), "11", 2011}, {at(2049, 12, 1), "99", 2099}, {at(2050, 9, 1), "00", 2100},
		{at(1970, 1, 1), "19", 2019}, {at(1970, 1, 1), "20", 1920},
	} {
		got, ok := ParseDate("Sunday, 06-Mar-"+test.value+" 00:00:00 GMT", test.now)
		if want := at(test.year, 3, 6); got != want || !ok {
			t.Errorf("RFC 9110 §5.6.7: in %v, the year %s gives %v, want %d", time.Unix(test.now, 0).UTC(), test.value, time.Unix(got, 0).UTC(), test.year)
		}
	}
	if _, ok := ParseDate("Sunday, 29-Feb-00 00:00:00 GMT", at(2060, 9, 1)); ok {
		t.Error("RFC 9110 §5.6.7: there is a 29 February 2100")
	}
}

// Every day of 800 years, and what package time makes of it.
func TestDays(t *testing.T) {
	for day := time.Date(1600, 1, 1, 23, 58, 57, 0, time.UTC); day.Year() < 2400; day = day.AddDate(0, 0, 1) {
		value := day.Format(http.TimeFormat)
		if got, ok := ParseDate(value, today); got != day.Unix() || !ok {
			t.Fatalf("%q is %d, %v, want %d", value, got, ok, day.Unix())
		}
	}
}

// Invariant: a date that is accepted net/http accepts too, and reads the same, but for leap seconds, and for the year if
// that has two digits.
func FuzzParseDate(f *testing.F) {
	for _, value := range []string{
		theDateIMF, "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Thu, 29 Feb 2024 23:59:60 GMT", "Monday, 29-Feb-00 00:00:00 GMT",
	} {
		f.Add(value, int64(today))
	}
	f.Fuzz(func(t *testing.T, value string, now int64) {
		got, ok := ParseDate(value, now)
		if now < 0 || now > 1e11 {
			return // no clock says that
		}
		before := strings.Replace(value, ":60", ":59", 1)
		theirs, err := http.ParseTime(before)
		switch {
		case !ok && err == nil && value == theirs.Format(http.TimeFormat):
			t.Fatalf("%q is refused", value)
		case !ok:
			return
		case err != nil && !strings.Contains(value, "29-Feb-00"):
			t.Fatalf("%q is %d, for net/http: %v", value, got, err)
		case err != nil:
			return
		}
		if before != value {
			got--
		}
		if year := time.Unix(got, 0).UTC().Year(); strings.Contains(value, "-") && year != theirs.Year() {
			const fifty = 50*365*86400 + 14*86400
			if got > now+fifty || year%100 != theirs.Year()%100 || got+100*366*86400 < now+fifty {
				t.Fatalf("at %d, %q is %d", now, value, got)
			}
			theirs = theirs.AddDate(year-theirs.Year(), 0, 0)
		}
		if got != theirs.Unix() {
			t.Fatalf("%q is %d, for net/http %d", value, got, theirs.Unix())
		}
		if again := time.Unix(got, 0).UTC().Format(http.TimeFormat); len(again) == len(theDateIMF) {
			if back, ok := ParseDate(again, now); back != got || !ok {
				t.Fatalf("%q is %s, which is %s", value, again, fmt.Sprint(back, ok))
			}
		}
	})
}
