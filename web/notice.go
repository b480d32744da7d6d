package web

// Notice is a sentence for the next page.
type Notice struct {
	Text    string
	Problem bool // something did not work
}

func said(text string) Notice { return Notice{Text: text} }

func problem(text string) Notice { return Notice{Text: text, Problem: true} }
