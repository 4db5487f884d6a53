#!/usr/bin/env python3
"""Reference numbers of tests/text/bleu_test.cpp: corpus BLEU by Papineni et al. 2002 with the choices of Post 2018
(tokenisation 13a, exponential smoothing, case counts), written from the papers and the documented expressions of
mteval-v13a.pl. Needs Python only. Prints what the test holds; takes lines of hypotheses and references as two files:
    tools/reference_bleu.py [HYPOTHESES REFERENCES]
"""
import math
import re
import sys
from collections import Counter

RULES = [(r'([\{-\~\[-\` -\&\(-\+\:-\@\/])', r' \1 '),   # ASCII punctuation apart
         (r'([^0-9])([\.,])', r'\1 \2 '),                # point or comma, unless a digit comes before it
         (r'([\.,])([^0-9])', r' \1 \2'),                # … or behind it
         (r'([0-9])(-)', r'\1 \2 ')]                     # a dash behind a digit


def tokens(line):
    line = line.rstrip().replace('<skipped>', '').replace('-\n', '').replace('\n', ' ')
    for entity, character in (('&quot;', '"'), ('&amp;', '&'), ('&lt;', '<'), ('&gt;', '>')):
        line = line.replace(entity, character)
    line = f' {line} '
    for expression, replacement in RULES:
        line = re.sub(expression, replacement, line)
    return line.split()


def grams(words, n):
    return Counter(tuple(words[k:k + n]) for k in range(len(words) - n + 1))


def bleu(hypotheses, references):
    """references: a list of lines for each hypothesis."""
    correct, total, length, reference_length = [0] * 4, [0] * 4, 0, 0
    for hypothesis, lines in zip(hypotheses, references):
        words, others = tokens(hypothesis), [tokens(line) for line in lines]
        for n in range(1, 5):
            most = Counter()
            for other in others:
                most |= grams(other, n)
            own = grams(words, n)
            correct[n - 1] += sum((own & most).values())
            total[n - 1] += sum(own.values())
        length += len(words)
        reference_length += min((abs(len(other) - len(words)), len(other)) for other in others)[1]
    if not any(correct) or not all(total):
        return 0.0, correct, total, length, reference_length
    smooth, logs = 1, 0
    for c, t in zip(correct, total):
        if c == 0:
            smooth *= 2
            c = 1 / smooth
        logs += math.log(100 * c / t)
    penalty = 1 if length >= reference_length else math.exp(1 - reference_length / length)
    return penalty * math.exp(logs / 4), correct, total, length, reference_length


def fastai(hypotheses, references):
    """CorpusBLEUMetric of fastai 2.8 over token numbers, smoothed in each sentence."""
    correct, total, length, reference_length = [0.0] * 4, [0] * 4, 0, 0
    for words, other in zip(hypotheses, references):
        length, reference_length, smooth = length + len(words), reference_length + len(other), 1
        for n in range(1, 5):
            c = sum((grams(words, n) & grams(other, n)).values())
            if c == 0:
                smooth *= 2
                c = 1 / smooth
            correct[n - 1] += c
            total[n - 1] += max(0, len(words) - n + 1)
    product = math.prod(c / t for c, t in zip(correct, total))
    return product ** 0.25 * (1 if length >= reference_length else math.exp(1 - reference_length / length))


HARD = ['Hello, world!', 'a..b', '3.14 and 1,000,000.', 'it\'s 10-20 "quoted" &amp; &quot;x&quot; &lt;b&gt;',
        'end.', '.5 ,5 5. 5,', 'x-y 7-y -7', 'Größe 5 €, naïve. Ça va?', '日本語。テスト.', 'a\u00a0b\u2003c\u3000d',
        '[a]{b}(c)/d\\e^f_g`h|i~j', '&amp;lt;', 'U.S. vs. U.K.', '...', '1.a a.1 1,a a,1', 'a\tb  c ', '<skipped>gone',
        '', 'don\'t—do', '50%', '#tag @you $5.00 +1 =2 <3 >2;:?', '1..2', 'ä.ö,ü']
CORPUS = [('The cat is on the mat.', ['The cat is sitting on the mat.']),
          ('A man with a hat, 3.5 m tall.', ['A man in a hat, 3.5 m tall!']),
          ('two dogs run', ['Two dogs are running .']),
          ('Ein Mann schläft in einem grünen Raum auf einem Sofa.', ['Ein Mann schläft in einem grünen Zimmer auf einem Sofa.'])]
MANY = [('the the the the the the the', ['The cat is on the mat', 'there is the cat on the mat there']),
        ('a quick brown fox jumps', ['the quick brown fox jumps over', 'a fast brown fox leaps', 'a quick fox'])]

if __name__ == '__main__':
    if len(sys.argv) == 3:
        files = [open(name, encoding='utf-8').read().splitlines() for name in sys.argv[1:]]
        print(bleu(files[0], [[line] for line in files[1]]))
        sys.exit()
    for line in HARD:
        print(repr(line), '|'.join(tokens(line)))
    print('corpus', bleu([h for h, _ in CORPUS], [r for _, r in CORPUS]))
    print('lower case of it', bleu([h.lower() for h, _ in CORPUS], [[x.lower() for x in r] for _, r in CORPUS]))
    print('many references', bleu([h for h, _ in MANY], [r for _, r in MANY]))
    print('smoothed', bleu(['a b c x d'], [['a c b d e']]))
    print('fastai', fastai([[1, 2, 3, 4, 5, 6], [7, 8, 9, 4]], [[1, 2, 3, 5, 4, 6, 7], [7, 9, 8, 4]]))
