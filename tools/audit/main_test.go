package main

import (
	"strings"
	"testing"
)

func TestEachAnswerOfTheScannersIsToldApart(t *testing.T) {
	for _, c := range []struct {
		name string
		got  result
		want outcome
		says string
	}{
		{"go, nothing", judgeGo("No vulnerabilities found.", 0), clean, ""},
		{"go, found", judgeGo("Vulnerability #1: GO-2026-0001", 3), found, "GO-2026-0001"},
		{"go, no network", judgeGo(`govulncheck: fetching vulnerabilities: Get "https://vuln.go.dev/index/modules.json.gz": dial tcp: lookup vuln.go.dev: no such host`, 1), unchecked, "can't be reached"},
		{"go, does not build", judgeGo("govulncheck: loading packages: x.go:3:1: syntax error", 1), broken, "syntax error"},
		{"go, no scanner", judgeGo("fork/exec bin/govulncheck: no such file or directory", -1), broken, "no such file"},
		{"npm, nothing", judgeNPM("web", `{"auditReportVersion":2,"vulnerabilities":{},"metadata":{}}`, 0), clean, ""},
		{"npm, found", judgeNPM("web", `{"auditReportVersion":2,"vulnerabilities":{"left-pad":{"severity":"high","range":"<2"}}}`, 1), found, "left-pad <2: high"},
		{"npm, not answered", judgeNPM("web", "npm warn audit 405\n{\"message\":\"405 Method Not Allowed\",\"error\":{\"code\":\"E405\"}}", 1), unchecked, "405 Method Not Allowed"},
		{"npm, no network", judgeNPM("web", `{"message":"request to https://registry failed, reason: getaddrinfo ENOTFOUND","error":{"code":"ENOTFOUND","summary":""}}`, 1), unchecked, "ENOTFOUND"},
		{"npm, gibberish", judgeNPM("web", "command not found", 127), broken, "127"},
	} {
		if c.got.outcome != c.want || !strings.Contains(c.got.text, c.says) {
			t.Errorf("%s: %+v, want outcome %d and %q", c.name, c.got, c.want, c.says)
		}
	}
}

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		results []result
		strict  bool
		code    int
		says    string
	}{
		{[]result{{"a", clean, ""}}, true, 0, "1 clean"},
		{[]result{{"a", clean, ""}, {"b", unchecked, "no network"}}, false, 0, "NOT CHECKED"},
		{[]result{{"a", clean, ""}, {"b", unchecked, "no network"}}, true, 2, "not checked"},
		{[]result{{"a", found, "x"}, {"b", unchecked, "no network"}}, true, 1, "FOUND"},
		{[]result{{"a", broken, "x"}}, false, 1, "FAILED"},
	} {
		var out strings.Builder
		if code := report(&out, c.results, c.strict); code != c.code || !strings.Contains(out.String(), c.says) {
			t.Errorf("%+v: %d %s", c, code, out.String())
		}
	}
}
