package main

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestChartIsWellFormed(t *testing.T) {
	decoder := xml.NewDecoder(strings.NewReader(chart(someResults())))
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

func TestChartShowsRatios(t *testing.T) {
	svg := chart(someResults())
	for _, want := range []string{">1.25<", ">0.65<", ">64 connections<", "fasthttp = 1.0", "prefers-color-scheme: dark"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the chart lacks %q", want)
		}
	}
}

func TestChartCutsBarsThatAreTooTall(t *testing.T) {
	r := someResults()
	for round := range r.rounds[cell{row{cpuMicros, "64 connections"}, "troupe"}] {
		r.rounds[cell{row{cpuMicros, "64 connections"}, "troupe"}][round] = 1000
	}
	svg := chart(r)
	if strings.Count(svg, `class="cut"`) != 1 {
		t.Error("the one bar that is too tall is not cut, or others are as well")
	}
	if strings.Contains(svg, `y="-`) {
		t.Error("something is drawn above the picture")
	}
}

func TestChartWithoutFastHTTP(t *testing.T) {
	r := newResults(options{peers: []string{"troupe", "nginx"}, idle: 1})
	if svg := chart(r); !strings.Contains(svg, "Troupe = 1.0") {
		t.Error("without fasthttp, the first server is the base")
	}
}
