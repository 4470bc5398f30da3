package io.zigma.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/**
 * What a {@code tokenizer.json} does to a text before it is taken apart: steps that change it, then
 * steps that split it. A step that is not known is refused, since without it other numbers come
 * out.
 */
final class TextSteps {

    /** What SentencePiece writes for a blank. */
    static final String BLANK = "\u2581";

    private static final Pattern WHITE = Pattern.compile("\\p{IsWhite_Space}+");
    private static final Pattern BEFORE_BLANK = Pattern.compile("(?=\u2581)");

    private TextSteps() {}

    /**
     * Reads the steps that change a text.
     *
     * @param fields the file's
     * @return all of them, one after the other
     * @throws CheckpointException if one is not known
     */
    static UnaryOperator<String> normalizer(Fields fields) throws CheckpointException {
        return fields.has("normalizer")
                ? normalizerStep(fields.object("normalizer"))
                : UnaryOperator.identity();
    }

    private static UnaryOperator<String> normalizerStep(Fields step) throws CheckpointException {
        String type = step.text("type");
        return switch (type) {
            case "Sequence" -> {
                List<UnaryOperator<String>> all = new ArrayList<>();
                for (Fields part : parts(step, "normalizers")) {
                    all.add(normalizerStep(part));
                }
                yield text -> {
                    String changed = text;
                    for (UnaryOperator<String> one : all) {
                        changed = one.apply(changed);
                    }
                    return changed;
                };
            }
            case "Precompiled" -> precompiled(step);
            case "NFC" -> text -> Normalizer.normalize(text, Normalizer.Form.NFC);
            case "NFKC" -> text -> Normalizer.normalize(text, Normalizer.Form.NFKC);
            case "Lowercase" ->
                    text ->
                            text.codePoints()
                                    .mapToObj(LetterCase::lower)
                                    .collect(Collectors.joining());
            case "Replace" -> {
                Pattern pattern = pattern(step);
                String content = Matcher.quoteReplacement(step.text("content"));
                yield text -> pattern.matcher(text).replaceAll(content);
            }
            case "Strip" -> {
                boolean left = step.flag("strip_left");
                boolean right = step.flag("strip_right");
                yield text -> stripped(text, left, right);
            }
            default -> throw unknown(step, "normalizer", type);
        };
    }

    private static String stripped(String text, boolean left, boolean right) {
        int from = 0;
        int to = text.length();
        while (left && from < to && BertWords.isBlank(text.codePointAt(from))) {
            from = text.offsetByCodePoints(from, 1);
        }
        while (right && from < to && BertWords.isBlank(text.codePointBefore(to))) {
            to = text.offsetByCodePoints(to, -1);
        }
        return text.substring(from, to);
    }

    private static UnaryOperator<String> precompiled(Fields step) throws CheckpointException {
        if (!step.has("precompiled_charsmap")) {
            return UnaryOperator.identity();
        }
        try {
            return new CharacterMap(Base64.getDecoder().decode(step.text("precompiled_charsmap")))
                    ::normalized;
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(
                    "%s: its precompiled_charsmap is damaged".formatted(step.file()), e);
        }
    }

    private static Pattern pattern(Fields step) throws CheckpointException {
        Fields pattern = step.object("pattern");
        if (pattern.has("String")) {
            return Pattern.compile(Pattern.quote(pattern.text("String")));
        }
        try {
            return Pattern.compile(pattern.text("Regex"));
        } catch (PatternSyntaxException e) {
            throw new CheckpointException(
                    "%s: the pattern %s is not understood"
                            .formatted(step.file(), pattern.text("Regex")),
                    e);
        }
    }

    /**
     * Reads the steps that split a text.
     *
     * @param fields the file's
     * @return all of them, one after the other
     * @throws CheckpointException if one is not known
     */
    static Function<String, List<String>> preTokenizer(Fields fields) throws CheckpointException {
        return splittingStep(fields.object("pre_tokenizer"));
    }

    private static Function<String, List<String>> splittingStep(Fields step)
            throws CheckpointException {
        String type = step.text("type");
        return switch (type) {
            case "Sequence" -> {
                List<Function<String, List<String>>> all = new ArrayList<>();
                for (Fields part : parts(step, "pretokenizers")) {
                    all.add(splittingStep(part));
                }
                yield text -> {
                    List<String> words = List.of(text);
                    for (Function<String, List<String>> one : all) {
                        words = words.stream().map(one).flatMap(List::stream).toList();
                    }
                    return words;
                };
            }
            case "WhitespaceSplit" ->
                    text -> WHITE.splitAsStream(text).filter(word -> !word.isEmpty()).toList();
            case "Metaspace" -> metaspace(step);
            default -> throw unknown(step, "pre_tokenizer", type);
        };
    }

    /** Blanks become signs, which begin a word each; the first word gets one too. */
    private static Function<String, List<String>> metaspace(Fields step)
            throws CheckpointException {
        boolean prepends =
                step.has("prepend_scheme")
                        ? step.text("prepend_scheme").equals("always")
                        : !step.has("add_prefix_space") || step.flag("add_prefix_space");
        boolean splits = !step.has("split") || step.flag("split");
        if (!step.text("replacement").equals(BLANK) || !prepends || !splits) {
            throw new CheckpointException(
                    "%s: of Metaspace only T5's form can be read, with %s in front of every word"
                            .formatted(step.file(), BLANK));
        }
        return text -> {
            if (text.isEmpty()) {
                return List.of();
            }
            String signed = text.replace(" ", BLANK);
            String whole = signed.startsWith(BLANK) ? signed : BLANK + signed;
            return BEFORE_BLANK.splitAsStream(whole).filter(word -> !word.isEmpty()).toList();
        };
    }

    private static List<Fields> parts(Fields step, String name) throws CheckpointException {
        List<Fields> parts = new ArrayList<>();
        if (step.json().get(name) instanceof JsonArray array) {
            for (JsonElement part : array) {
                if (part instanceof JsonObject object) {
                    parts.add(Fields.of(step.file(), object));
                }
            }
        }
        return parts;
    }

    private static CheckpointException unknown(Fields step, String what, String type) {
        return new CheckpointException(
                "%s: a %s of type \"%s\" cannot be read".formatted(step.file(), what, type));
    }
}
