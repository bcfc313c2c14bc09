// Package chart draws bars as an SVG.
package chart

import (
	"fmt"
	"html"
	"strings"

	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
)

const (
	chartWidth   = 880
	plotLeft     = 56
	plotWidth    = chartWidth - plotLeft - 24
	plotHeight   = 170
	panelTop     = 84 // of the first panel
	panelStep    = 262
	tallestRatio = 2.5 // a higher bar is cut, so that it does not flatten the others
)

// style lets the picture follow its reader's light or dark background; the colours of the bars are visible on both.
const style = `
text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
.title { font-size: 17px; font-weight: 600; }
.panel { font-weight: 600; }
.small { font-size: 11px; }
.value { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; } /* a rim where lines cross */
.quiet { fill: #59636e; }
.middle { text-anchor: middle; }
.end { text-anchor: end; }
.paper { fill: #ffffff; }
.axis { stroke: #d1d9e0; }
.base { stroke: #59636e; stroke-dasharray: 4 3; }
.cut { stroke: #ffffff; stroke-width: 3; }
.troupe { fill: #d1495b; }
.nethttp { fill: #7a869c; }
.fasthttp { fill: #3a86c8; }
.nginx { fill: #2a9d6f; }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc; }
  .quiet { fill: #9198a1; }
  .paper { fill: #0d1117; }
  .axis { stroke: #3d444d; }
  .base { stroke: #9198a1; }
  .cut, .value { stroke: #0d1117; }
}
`

// drawing collects the elements of an SVG.
type drawing struct{ strings.Builder }

func (d *drawing) add(format string, args ...any) { fmt.Fprintf(&d.Builder, format+"\n", args...) }

func (d *drawing) text(class string, x, y float64, content string) {
	d.add(`<text class="%s" x="%.1f" y="%.1f">%s</text>`, class, x, y, html.EscapeString(content))
}

// A Panel is a title above groups of bars, each with a name below it.
type Panel struct {
	Title  string  // above it
	Groups []Group // from left to right
}

// A Group is a group of bars to compare.
type Group struct {
	Name string // below it
	Bars []Bar  // from left to right
}

// A Bar is a server's ratio to the one that counts as 1.0.
type Bar struct {
	Server string  // whose colour it has
	Ratio  float64 // its height
}

// Draw returns an SVG of panels below each other.
func Draw(title string, servers []string, panels ...Panel) string {
	var d drawing
	height := panelTop + len(panels)*panelStep - 20
	d.add(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="title">`,
		chartWidth, height, chartWidth, height)
	d.add(`<title id="title">%s</title>`, html.EscapeString(title))
	d.add(`<style>%s</style>`, style)
	d.add(`<rect class="paper" width="%d" height="%d" rx="6"/>`, chartWidth, height)
	d.text("title", plotLeft, 32, title)
	d.legend(servers)
	for i, p := range panels {
		d.panel(p, panelTop+float64(i)*panelStep)
	}
	d.add(`</svg>`)
	return d.String()
}

func (d *drawing) legend(servers []string) {
	x := float64(plotLeft)
	for _, name := range servers {
		d.add(`<rect class="%s" x="%.1f" y="47" width="12" height="12" rx="2"/>`, name, x)
		d.text("small", x+18, 57, roster.Label(name))
		x += 90
	}
}

func (d *drawing) panel(p Panel, top float64) {
	d.text("panel", plotLeft, top+20, p.Title)
	if len(p.Groups) == 0 {
		return
	}
	s := scale{bottom: top + 38 + plotHeight, top: p.ceiling()}
	for _, tick := range []float64{0, 0.5, 1, 1.5, 2, 2.5} {
		if tick <= s.top {
			d.tick(s, tick)
		}
	}
	step := float64(plotWidth) / float64(len(p.Groups))
	for i, g := range p.Groups {
		left := plotLeft + step*float64(i)
		d.group(g, s, left, step)
		d.text("quiet middle", left+step/2, s.bottom+20, g.Name)
	}
}

// scale maps ratios to heights.
type scale struct{ bottom, top float64 }

func (s scale) y(ratio float64) float64 { return s.bottom - ratio/s.top*plotHeight }

// ceiling leaves room above the highest uncut ratio, and always shows 1.0.
func (p Panel) ceiling() float64 {
	greatest := 1.0
	for _, g := range p.Groups {
		for _, b := range g.Bars {
			greatest = max(greatest, b.Ratio)
		}
	}
	return min(greatest, tallestRatio) * 1.05
}

func (d *drawing) tick(s scale, ratio float64) {
	class := "axis"
	if ratio == 1 {
		class = "base"
	}
	d.add(`<line class="%s" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/>`,
		class, plotLeft, plotLeft+plotWidth, s.y(ratio), s.y(ratio))
	d.text("small quiet end", plotLeft-8, s.y(ratio)+4, fmt.Sprintf("%.1f", ratio))
}

// group draws the bars of one load, each with its ratio above it.
func (d *drawing) group(g Group, s scale, left, step float64) {
	width := min(40, step*0.8/float64(len(g.Bars)))
	x := left + (step-width*float64(len(g.Bars)))/2
	for _, b := range g.Bars {
		top := s.y(min(b.Ratio, tallestRatio))
		d.add(`<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`,
			b.Server, x+2, top, width-4, s.bottom-top)
		if b.Ratio > tallestRatio {
			d.add(`<line class="cut" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>`,
				x, x+width, top+22, top+12)
		}
		d.text("small value middle", x+width/2, top-5, fmt.Sprintf("%.2f", b.Ratio))
		x += width
	}
}
