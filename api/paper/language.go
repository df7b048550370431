package paper

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"golang.org/x/text/language"
)

// Language is what a record is printed in. What people, machines and rules wrote stays as it was written, and so does the
// hash: it covers the record's content and nothing that is said around it.
type Language string

// The languages.
const (
	English Language = "en"
	German  Language = "de"
)

var offered = language.NewMatcher([]language.Tag{language.English, language.German})

// LanguageOf chooses a language by the wish that is named first and by what a browser says that it takes.
func LanguageOf(wish, accept string) Language {
	_, n := language.MatchStrings(offered, wish, accept)
	return []Language{English, German}[n]
}

//go:embed german.json
var germanText []byte

// german has the printed texts by their English form.
var german = func() map[string]string {
	out := map[string]string{}
	if err := json.Unmarshal(germanText, &out); err != nil {
		panic(err) // the file is part of the program
	}
	return out
}()

// missed is told of texts that have no German; tests look there.
var missed = func(string) {}

// t writes a text, with its arguments, in the language.
func (l Language) t(text string, args ...any) string {
	if l == German && text != "" {
		if in, ok := german[text]; ok {
			text = in
		} else {
			missed(text)
		}
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

func (s *sheet) t(text string, args ...any) string { return s.l.t(text, args...) }

// word writes a code as a word of the language.
func (s *sheet) word(code string) string { return s.t(word(code)) }
