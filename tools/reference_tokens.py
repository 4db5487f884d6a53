"""Tokens of hard sentences from fastai and spaCy, one JSON array [text, tokens joined by spaces] a line: the sentences below
and parts of real reviews. With --compare it checks a file of such lines that tenfold wrote.

    python tools/reference_tokens.py REVIEWS.csv > tests/text/data/word_tokens.jsonl
"""
import csv
import json
import random
import sys

SENTENCES = r"""
This is GREAT!!! … it it it it. <br />Visit http://a/b #1
Soooo good, U2
AAAA
I can't believe it's not butter; they'd've said so, wouldn't've they?
Dr. Smith went to Washington, D.C. on Jan. 5th at 10a.m. sharp.
He said "hello" and left... Then came back.
Mr. O'Neill's dog's bone isn't the dogs' bone.
e-mail: john.doe@example.com, web: www.example.com/path?x=1&y=2.
https://www.imdb.com/title/tt0111161/?ref_=nv_sr_1 is the link
ftp://user:pass@host.example.org:8080/file.txt; mailto:me@x.org
It cost $5.99, £3, €20, 100% or US$40, A$7 and C$8.
10km/h at -5°C, 72°F. and 300°K.
I ran 5km, 10 km, 3m², 7kg; 12GB of RAM, 5'10" tall.
:-) :) ;) :( :'( xD XD <3 </3 ^_^ -_- o_O 0.0 (>_<) ¯\(ツ)/¯
text:) text;-) text:-( (text:) text).
: ) ; ) : - )
x:) )
well-known state-of-the-art 1990s-era re-do co-op
3-4 years, 1990-2000, 10+2, 2*3, 2^8, 5-a-side
a--b a---b a----b — em—dash en–dash
Wait...what?! No.....!!! Hmm…ok
and/or w/o either/or his/her 24/7
A.B.C. U.S.A. U.S. e.g. i.e. etc. vs. a.m. p.m.
Ph.D. M.D. Ph.D
gonna gotta wanna cannot lemme c'mon y'all ma'am o'clock
Im Ive Id Ill its Its well were Were shed hell
'cause 'em 'bout 'til 'twas rock 'n' roll
’cause it’s don’t I’m “quoted” ‘single’ you’ll
don´t it`s
HELLO World MacDonald iPhone eBay McDONALD'S I'M A1B2 NASA's
I am A I. Am a.
ÉCOLE École ÑANDÚ Ünïcödé ÀÉÎ
ΣΊΣΥΦΟΣ ΟΔΟΣ. Σ ΑΣ ΑΣΑ
İstanbul ISTANBUL ı İ
STRASSE straße STRAẞE
привет МИР Привет.Мир кг 5кг 10км/ч
你好，世界。这是一个测试！
これはテストです。日本語「引用」
안녕하세요 세계 (한국어)
مرحبا بالعالم، كيف؟ 5كم 
שלום עולם
नमस्ते दुनिया।
ไทย ภาษา
emoji 😀😀😀 👍🏽👍 ❤️ 👨‍👩‍👧 🇩🇪
zero​width and soft­hyphen and nb space
tab	separated	text
double  spaces   and    more
&amp; &lt;b&gt; &quot;q&quot; &#39;x&#39; &nbsp; &copy; &eacute; &notit; &amp;amp;
#39; #146; #36; nbsp; amp; quot; &#x27; &#8217; &#128; &#0; &#xD800; &#1114112; &#x110000;
&hellip &lt &gt; &AMP &unknown; & &; &# &#; &#x; &ThickSpace;
<unk> <UNK> unk &unk;
it @.@ was @-@ here 1 @.@ 5
line\nbreak and \" quote and \\ slash
back\slash C:\Windows\system32 a\b
no no no no yes
no no yes
the the the. the the the, the
a a a b b b c c c
a a a  b b b
no No no no no
word word words word word word
1 1 1 2 2 2 
ha ha ha! ha ha ha ha ha
hahaha hahahaha heheheh
yes,yes,yes yes, yes, yes
1999 2000 1000000 555-1212 111
aaa bbb ccc dd
!!! ?? ?!?!?! ... .. . ,, ,,, ''' ''
((( ))) [[[ ]]] {{{ }}} <<< >>> *** ___ --- === +++ ~~~ $$$ %%% ### ///
$ % ^ & * ( ) _ + = { } [ ] | \ : ; " ' < > , . ? /
+5 +a ++ C++ a+ 5+ c# .net node.js
.5 0.5 1.000,50 1,000.50 v1.2.3 192.168.1.1 8.8.8.8 127.0.0.1 1.2.3.4:80/x
example.com example.co.uk/ sub.domain.example.museum Example.COM foo.BAR foo.Bar
not.a.url.because.UPPER end.Start lower.lower lower.Upper "quoted".Next
file.tar.gz image.jpeg a.b ab.c ab.cd x.yz
user@host user@host.com @user #hashtag @@ user@@host.com
http:// https://x http://localhost:8000/ http://a.bc
(http://www.example.com) [http://x.org/y] <http://x.org>
www.x.org, www.x.org. www.x.org! www.x.org: www.x.org)
1st 2nd 3rd 4th 5-6pm 7pm 7p.m. 12am 13pm 1:30 1:30pm
'quoted words' ''double'' ``backtick'' "a" 'a'
can’t won't shan't ain't needn't mustn't've
cant wont dont doesnt isnt arent werent hasnt
I'd I'll I've I'm I'ma Ima
who's what's that'll there'd where're why'd'ya how'd'y
let's Let's lets LET'S
doin' goin' nothin' ol' lovin'
(parens) [brackets] {braces} <angles>
(nested (parens (deep)))
"(mixed 'quotes' and) stuff"
semi;colon comma,separated colon:separated slash/separated eq=uals less<than greater>than
a,b 1,2 a,1 1,a a.b 1.a a:b 1:a 1:2 a=b a<b a>b
under_score __init__ snake_case_name _lead trail_
CamelCase camelCase XMLHttpRequest HTTPServer
under-the-weather -leading trailing- --double double--
5-star 10/10 8/10 7.5/10 A+ B- C-
50% 50%. 50%, $50 $50. $5.50/hr 5$ 5€ 5£
20°C 20°C. 20 °C. °C. °c. °F °f. x°c.
±5 ×10 ÷2 ≈3 ≠4 ≤5 ½ ¼ ² ³ ¹
→ ← ↑ ↓ • ◦ ▪ ■ □ ★ ☆ ♥ ♪ ✓ ✗ ™ © ®
§5 ¶ † ‡ ‰ № ª º
Mt. Everest St. Mary Gov. Rep. Sen. Gen. Prof. Inc. Corp. Ltd. Co. Bros. Jr. Sr.
Ala. Ariz. Calif. Colo. Conn. Del. Fla. Ga. Ill. Ind. Kan. Ky. La. Md.
a. b. c. z. ä. ö. ü. A. B. aa. é.
He's 5'11". She's 6'. It's 7''.
The movie (1999) was "okay" -- I'd give it 6/10.
<br /><br />Hello<br />world <br> <br/> <BR />
<i>italic</i> <b>bold</b> </div> <a href="x">
10,000,000 3.14159 1e10 0x1F 1/2 3½
Rock'n'roll d'Artagnan l'amour O'Brien D'Angelo
Jean-Claude Van Damme Spider-Man X-Men: The Last Stand
*emphasis* _emphasis_ **bold** ~~strike~~ `code`
"Hello," she said. 'Hello,' he said. «Bonjour» „Hallo“ 「こんにちは」
¿Qué? ¡Hola! señor niño
wow!!! WOW!!! Wow!! wooooow WOOOOW Woooow
A A A A I I I I
THE END THE END THE END THE END
OK OK OK. Ok ok oK
:):):) :-):-) :((( :)))) :)))
>:( >.< <.< ._. ;_; =) =( =] [= 8) 8-) (8 (-: (;
@_@ v.v V_V o.O O.o 0_0 -__- (*_*) (ಠ_ಠ) ಠ_ಠ (╯°□°）╯︵┻━┻ ><(((*>
x:) y:( z;D q=P w:o e:3 r:/ t:| u:* i:]
hello:) world:( (hello:)) (smile :)) "smile :)"
:b :c: 10:30 a:) b:-) 8-) 8-D :-D
'm 's 're 've 'd 'll n't nt
it's' 'it's it''s its'
dogs' dogs'. dogs's s's 's's
end.' end." end.) end.] (end.) end.), end.);
end!' end?" "end!" 'end?'
A.I. A.I A.I.: (A.I.) "U.K."
IBM. I.B.M. ibm. IBM.) Ibm.
50mm 50mm. 5g 5G 5 G 5K 100M 2T 5m/s 6mph 7hPa 8mb 9MB
3kg. 4lb, 5oz! 6ft? 7in; 8yd:
x5kg x5 kg 5kgs 5 kgs kg5
5% 5%) (5%) -5% +5% ~5% 5+%
one/two/three one\two one|two one&two R&B AT&T Q&A
3D 2D 4K mp3 MP3 h264 H.264 x86-64
¡¡¡ ¿¿¿ 、、、 。。。 ・・・ ……… — — — –––
a…b a...b a..b a....b …a a… ...a a...
a .b a. b a , b a,, b
xxbos xxunk xxup xxmaj xxrep xxwrep xxfld xxpad xxeos xxfake
XXBOS Xxup xxUP
xxrep 3 a xxwrep 4 b
i i i. i'm i.e.
he 's it 's that 's who 's
ca n't do n't wo n't
10 a.m. 10 am 10am. 10a.m., (10a.m.)
$1,000.00 1.000,00€ ¥1000 ₹500 ₿1
foo@bar foo@bar.c foo@bar.co foo.bar@baz.qux.com x@1.2.3.4
a@b.cd:80 a@b.cd:8 a@b.cd:123456 b.cd:80/ b.cd?q b.cd#f
very-very-very long-long-long word-word word-word-word-word
naïve café résumé Zürich façade coöperate
naïve café résumé (decomposed)
ﬁ ﬂ ﬀ ſ Ǆ ǅ ǆ K Å
٣٤٥ १२३ ５６７ Ⅷ ⅷ ㊙
１２３ ＡＢＣ ａｂｃ ！？
𝐛𝐨𝐥𝐝 𝕏𝕏𝕏 𐍈 𠜎𠜱
\t literal \n literal \r literal
\") '\") <space> C++ ''
‘S ‘s ’S ’s 'S 's
O.K. o.k. P.S. p.s. R.I.P. r.i.p.
Yes!No?Maybe.So,what;ever:then
a'b a"b a`b a’b a“b”c
50-50 fifty-fifty 50–50 50—50 a—b a–b a~b 1~2 ~a
1- -1 1-1 1--1 1-a a-1 a1-b2 a-1-b
x=1 x=y 1=x a==b a<=b a>=b a=>b a->b a<-b
a/1 1/a a/b/c /a a/ //a
b.c.d b.C.d b..c b...C B.C. B.C b.C
9.9.9 9.a 9.A a.9 .9. 9.
km km² km³ 5km² 5km³ 5m³. 5µm 6nm
Tb 5Tb 5tb 5TB. 5K! 5KB, 5kb
5'S 5’s 5's 1980s 1980's '80s ’80s
the THE The tHE ThE
Hello, WORLD! (HELLO) "Hello" 'HELLO' -Hello- _HELLO_
HELLO123 Hello123 123HELLO 123Hello H H1 1H
É Éa ÉA aÉ Aé AÉ
HELLOé Helloé HELLOÉ
ALL CAPS SENTENCE WITH PUNCTUATION, LIKE THIS! AND 100% MORE.
""".strip("\n").split("\n")

# White space and control characters, written as escapes.
ESCAPED = [
    "", " ", '""" " "" x"""', "\n", " \n ", "\n\n\n", "a\nb", "a \nb", "a\n b", "a \n b", "a  \n\n  b", "a\n\n\nb", "a\tb\t\tc \t d", "\u00a0a\u00a0b\u00a0",
    "a \u00a0b", "a\u2003b\u3000c", "a\u2028b\u2029c", "a\x1cb\x1fc", "a\x85b", "a\x00b", "\x00", "a\x07b\x1b[0m", "a\ufeffb\u200bc\u200d",
    "tab\t\t\tthree", "nl\r\ncrlf\r\n\r\nx", "a/ \nb", "a /\n/ b", "#\n#", "no\nno\nno\nno", "no \n no  no\tno.", "no no no", "\nno no no\n",
    "A\u0301B\u0301 C\u0301", "a\u0301\u0301\u0301 b", "x\ufffdx\ufffd\ufffd\ufffd", "A\n\nThe End\n", "\u2581a \u2581", "end.\n", ".\n.\n.\n.",
    "HELLO\u00a0WORLD Hello\u2003World", "\u01c5a \u1f88\u1f80 \u1fbc", "\u03a3\u0301 A\u03a3\u0301 A\u03a3'B A\u03a3. A\u03a3-b",
    "a" * 70, "b" * 2, "ab" * 40, "Word" * 30, "http://www.example.com/" + "x/" * 40 + "y", "a.b." * 30 + "com", "((((" * 20 + "x" + "))))" * 20,
    ":)" * 30, "-" * 50 + "x", "a-" * 40, "'" * 9 + "s", "1." * 20 + "5", "a\u00a0\u00a0b", " leading and trailing ", "\u3000\u3000",
]


def tokens_of(texts):
    from fastai.text.core import TokenizeWithRules, WordTokenizer
    for text, tokens in zip(texts, TokenizeWithRules(WordTokenizer())(texts)):
        yield [text, " ".join(tokens)]


def reviews(path):
    csv.field_size_limit(1 << 30)
    with open(path, newline="", encoding="utf8") as file:
        return [row["text"] for row in csv.DictReader(file)]


def parts_of(texts, count):
    """Windows of real texts: half of them around something unusual."""
    draw = random.Random(6)
    for k in range(count):
        text = texts[draw.randrange(len(texts))]
        while k % 2 and text.isascii() and not any(c in text for c in "*&~@%$_;"):
            text = texts[draw.randrange(len(texts))]
        odd = [i for i, c in enumerate(text) if not c.isascii() or c in "*&~@%$_;"]
        start = max(0, (odd[draw.randrange(len(odd))] if odd else draw.randrange(len(text))) - 100)
        yield text[start:start + 220]


def main():
    if sys.argv[1] == "--compare":
        with open(sys.argv[2], encoding="utf8") as file:
            ours = [json.loads(line) for line in file]
        wrong = 0
        for (text, tokens), (_, expected) in zip(ours, tokens_of([text for text, _ in ours])):
            if tokens != expected:
                wrong += 1
                if wrong <= 20:
                    a, b = tokens.split(" "), expected.split(" ")
                    at = next((k for k, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
                    print(repr(text[:80]), "ours", a[max(at - 3, 0):at + 6], "expected", b[max(at - 3, 0):at + 6])
        print(f"{len(ours) - wrong} of {len(ours)} texts are equal")
        return
    texts = SENTENCES + ESCAPED + list(parts_of(reviews(sys.argv[1]), 150))
    for line in tokens_of(texts):
        print(json.dumps(line, ensure_ascii=False))


if __name__ == "__main__":
    main()
