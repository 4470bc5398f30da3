package io.zigma.scan;

import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How scan schemes are spelled; a new scheme is one line here. */
final class ScanSpelling {

    private static final String COUNT = "([1-9]\\d{0,8})";

    private static final List<Form> FORMS =
            List.of(
                    new Form("sweep", "sweep", m -> new Sweep()),
                    new Form("zigzag-N", "zigzag-" + COUNT, m -> new Zigzag(count(m))),
                    new Form(
                            "hilbert-N",
                            "hilbert-" + COUNT,
                            m -> new Hilbert(count(m), Fidelity.CORRECT)),
                    new Form(
                            "hilbert-compatible-N",
                            "hilbert-compatible-" + COUNT,
                            m -> new Hilbert(count(m), Fidelity.COMPATIBLE)),
                    new Form("random-N", "random-" + COUNT, m -> new RandomOrder(count(m), 0)),
                    new Form(
                            "random-N-seed-S",
                            "random-" + COUNT + "-seed-([1-9]\\d{0,18})",
                            m -> new RandomOrder(count(m), seed(m.group(2)))),
                    new Form("bidirectional", "bidirectional", m -> new Bidirectional()),
                    new Form("parallel-N", "parallel-" + COUNT, m -> new Parallel(count(m))),
                    new Form(
                            "factorised-PATTERN",
                            "factorised-([st]+)",
                            m -> Factorised.of(m.group(1), Fidelity.CORRECT)),
                    new Form(
                            "factorised-compatible-PATTERN",
                            "factorised-compatible-([st]+)",
                            m -> Factorised.of(m.group(1), Fidelity.COMPATIBLE)));

    private ScanSpelling() {}

    static ScanScheme parse(String text) {
        for (Form form : FORMS) {
            Matcher matcher = form.pattern.matcher(text);
            if (matcher.matches()) {
                return form.scheme.apply(matcher);
            }
        }
        throw new IllegalArgumentException(
                ("there is no scan '%s'; there are %s, with N from 1 to 8 (any for random), and for"
                                + " PATTERN letters s and t such as sst")
                        .formatted(text, String.join(", ", shapes())));
    }

    static List<String> shapes() {
        return FORMS.stream().map(form -> form.shape).toList();
    }

    private static int count(Matcher matcher) {
        return Integer.parseInt(matcher.group(1));
    }

    private static long seed(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "the seed of a random scan is at most %s, not %s"
                            .formatted(Long.MAX_VALUE, digits),
                    e);
        }
    }

    /**
     * One kind of spelling: as help shows it, as it is recognised, and the scheme that it names.
     */
    private record Form(String shape, Pattern pattern, Function<Matcher, ScanScheme> scheme) {
        Form(String shape, String pattern, Function<Matcher, ScanScheme> scheme) {
            this(shape, Pattern.compile(pattern), scheme);
        }
    }
}
