package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
)

// someChart has two panels of one group, with two servers in each: one is the base, and the other has
// that ratio to it in the second panel.
func someChart(ratio float64) string {
	groups := func(of float64) []Group {
		return []Group{{"64 connections", []Bar{{roster.Troupe, of}, {roster.FastHTTP, 1}}}}
	}
	return Draw("A title", []string{roster.Troupe, roster.FastHTTP}, Panel{"One", groups(1.25)}, Panel{"Other", groups(ratio)})
}

func TestChartIsWellFormed(t *testing.T) {
	decoder := xml.NewDecoder(strings.NewReader(someChart(0.65)))
	bars := 0
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if element, ok := token.(xml.StartElement); ok && element.Name.Local == "rect" {
			bars++
		}
	}
	// The paper, a key for each of two servers, and a bar for each in each of two panels.
	if bars != 1+2+4 {
		t.Errorf("%d rectangles, want 7", bars)
	}
}

func TestChartCutsBarsThatAreTooTall(t *testing.T) {
	svg := someChart(100)
	if strings.Count(svg, `class="cut"`) != 1 {
		t.Error("the one bar that is too tall is not cut, or others are as well")
	}
	if strings.Contains(svg, `y="-`) {
		t.Error("something is drawn above the picture")
	}
}
