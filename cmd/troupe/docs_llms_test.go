package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// docs/llms.txt is for language models, which believe it: every name in it exists, its program compiles, and its links
// lead somewhere.

const llmsPage = "docs/llms.txt"

// The types of the variables on the page.
var llmsTypes = map[string]string{"request": "actors.Request", "response": "actors.Response", "server": "actors.Server",
	"topic": "actors.Topic", "site": "actorstest.Site"}

func TestDocsForModelsNameWhatExists(t *testing.T) {
	apis := make(map[string]string)
	for _, text := range strings.Split(docsText(t, "docs/reference/api.txt"), "\npackage ") {
		name, _, _ := strings.Cut(strings.TrimPrefix(text, "package "), " ")
		apis[name] = text
	}
	for _, name := range []string{"nethttp", "actorstest"} {
		text, err := exec.Command("go", "doc", "-all", "github.com/troupe-go/troupe/actors/"+name).Output()
		if err != nil {
			t.Fatalf("go doc %s: %v", name, err)
		}
		apis[name] = string(text)
	}
	page, missing, found := docsText(t, llmsPage), "", 0
	if _, line, ok := strings.Cut(page, "- Things that do not exist:"); ok {
		missing, _, _ = strings.Cut(line, "Look into")
		page = strings.Replace(page, missing, "", 1)
	}
	exists := func(name, member string) bool {
		if api, ok := apis[name]; ok {
			return regexp.MustCompile(`(?m)^(?:(?:func|type|const|var) |\t)` + member + `\b`).MatchString(api)
		}
		where, kind, ok := strings.Cut(llmsTypes[name], ".")
		return !ok || regexp.MustCompile(`(?m)^func \(\w+ \*`+kind+`\) `+member+`\(`).MatchString(apis[where]) ||
			regexp.MustCompile(`(?ms)^type `+kind+` struct \{[^}]*^\t`+member+` `).MatchString(apis[where])
	}
	name := regexp.MustCompile(`\b(actors|handlers|nethttp|actorstest|request|response|server|topic|site)\.([A-Z]\w*)`)
	for _, parts := range name.FindAllStringSubmatch(page, -1) {
		found++
		if !exists(parts[1], parts[2]) {
			t.Errorf("%s: there is no %s", llmsPage, parts[0])
		}
	}
	for _, parts := range name.FindAllStringSubmatch(missing, -1) {
		found++
		if exists(parts[1], parts[2]) {
			t.Errorf("%s: %s does exist", llmsPage, parts[0])
		}
	}
	if found < 100 {
		t.Errorf("%s: only %d names were found", llmsPage, found)
	}
}

func TestDocsForModelsLeadSomewhere(t *testing.T) {
	links := regexp.MustCompile(`(?m)^- \[[^]]+\]\(([^)#]+)[^)]*\): `).FindAllStringSubmatch(docsText(t, llmsPage), -1)
	for _, link := range links {
		if _, err := os.Stat(filepath.Join(repository, "docs", link[1])); err != nil {
			t.Errorf("%s: the link %s leads nowhere", llmsPage, link[1])
		}
	}
	if len(links) < 20 {
		t.Errorf("%s: only %d links were found", llmsPage, len(links))
	}
}

func TestDocsForModelsHaveAProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs go vet")
	}
	if len(docsFiles(t, llmsPage)) == 0 {
		t.Errorf("%s has no program", llmsPage)
	}
	checkDocsPage(t, llmsPage, newDocsModule(t))
}
