package io.zigma.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.condition.ClassNames;
import io.zigma.condition.Conditioning;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a model is told of the pictures of one request that it is able to serve. */
sealed interface Told {

    /** Returns the condition of pictures {@code from} up to {@code to}, null for none. */
    @Nullable NDArray wanted(NDManager manager, int from, int to);

    /** Returns the null condition of pictures {@code from} up to {@code to}. */
    NDArray none(NDManager manager, int from, int to);

    /** Returns the class of a picture by name, empty for none. */
    default String label(int picture) {
        return "";
    }

    /** Returns the hash of a picture's text, empty for none. */
    default String textHash(int picture) {
        return "";
    }

    /**
     * Checks that a model can be told so.
     *
     * @param subjects what the pictures shall show
     * @param guided whether the null condition is needed too
     * @param config what the model is
     * @param name the model's, for refusals
     * @throws InvalidRequestException if it cannot
     */
    static Told of(List<Subject> subjects, boolean guided, CheckpointConfig config, String name) {
        Conditioning conditioning = config.model().conditioning();
        if (conditioning instanceof Conditioning.ByText byText) {
            return OfTexts.of(subjects, guided, byText, name);
        }
        if (subjects.stream().anyMatch(Subject.Text.class::isInstance)) {
            throw new InvalidRequestException("%s is not conditioned on text".formatted(name));
        }
        return conditioning instanceof Conditioning.ByClass byClass
                ? OfClasses.of(subjects, guided, byClass, config.labels(), name)
                : Nothing.of(subjects, guided, name);
    }

    /** An unconditional model. */
    record Nothing() implements Told {

        static Nothing of(List<Subject> subjects, boolean guided, String name) {
            if (!subjects.stream().allMatch(Subject.Any.class::isInstance)) {
                throw new InvalidRequestException(
                        "%s is unconditional: it has no classes to choose from".formatted(name));
            }
            if (guided) {
                throw new InvalidRequestException(
                        "%s is unconditional: guidance needs a class, leave the scale at 1"
                                .formatted(name));
            }
            return new Nothing();
        }

        @Override
        public @Nullable NDArray wanted(NDManager manager, int from, int to) {
            return null;
        }

        @Override
        public NDArray none(NDManager manager, int from, int to) {
            throw new IllegalStateException("an unconditional model has no null condition");
        }
    }

    /**
     * Classes.
     *
     * @param rows one row of the label table a picture, the one behind the last class for any
     * @param names of the classes
     */
    record OfClasses(List<Integer> rows, List<String> names) implements Told {

        /** With this many classes or fewer a refusal lists them all. */
        private static final int FEW = 20;

        static OfClasses of(
                List<Subject> subjects,
                boolean guided,
                Conditioning.ByClass byClass,
                List<String> names,
                String name) {
            List<Integer> rows = subjects.stream().map(each -> row(each, names, name)).toList();
            boolean needsNullClass = guided || rows.contains(byClass.classes());
            if (needsNullClass && !byClass.nullClass()) {
                throw new InvalidRequestException(
                        ("%s was trained without a null class: choose a class for every image and "
                                        + "leave the guidance scale at 1")
                                .formatted(name));
            }
            return new OfClasses(rows, names);
        }

        private static int row(Subject subject, List<String> names, String name) {
            if (subject instanceof Subject.NamedClass named) {
                return ClassNames.find(named.name(), names)
                        .orElseThrow(
                                () ->
                                        new InvalidRequestException(
                                                "%s has no class '%s'; it has %s"
                                                        .formatted(
                                                                name,
                                                                named.name(),
                                                                listed(names))));
            }
            if (!(subject instanceof Subject.NumberedClass numbered)) {
                return names.size();
            }
            if (numbered.number() >= names.size()) {
                throw new InvalidRequestException(
                        "%s has classes 0 to %d, not %d"
                                .formatted(name, names.size() - 1, numbered.number()));
            }
            return numbered.number();
        }

        private static String listed(List<String> names) {
            return names.size() <= FEW
                    ? String.join(", ", names)
                    : "%s … and %d more"
                            .formatted(
                                    String.join(", ", names.subList(0, FEW)), names.size() - FEW);
        }

        @Override
        public NDArray wanted(NDManager manager, int from, int to) {
            return manager.create(
                    rows.subList(from, to).stream().mapToLong(Integer::longValue).toArray()); // (B)
        }

        @Override
        public NDArray none(NDManager manager, int from, int to) {
            long[] none = new long[to - from];
            Arrays.fill(none, names.size());
            return manager.create(none); // (B)
        }

        @Override
        public String label(int picture) {
            int row = rows.get(picture);
            return row == names.size() ? "" : names.get(row);
        }
    }

    /**
     * Texts.
     *
     * @param texts one a picture
     * @param nullTexts the empty text of each, none where guidance needs none
     */
    record OfTexts(List<TextTokens> texts, List<TextTokens> nullTexts) implements Told {

        static OfTexts of(
                List<Subject> subjects, boolean guided, Conditioning.ByText byText, String name) {
            List<TextTokens> texts = new ArrayList<>();
            List<TextTokens> nullTexts = new ArrayList<>();
            for (Subject subject : subjects) {
                if (!(subject instanceof Subject.Text text)) {
                    throw new InvalidRequestException(
                            "%s is conditioned on text: give it the tokens of one, of %d numbers each"
                                    .formatted(name, byText.contextSize()));
                }
                texts.add(fitting(text.tokens(), texts, byText, name));
                if (guided) {
                    nullTexts.add(nullText(text));
                }
            }
            return new OfTexts(texts, nullTexts);
        }

        private static TextTokens fitting(
                TextTokens text, List<TextTokens> before, Conditioning.ByText byText, String name) {
            if (text.size() != byText.contextSize()) {
                throw new InvalidRequestException(
                        "%s takes tokens of %d numbers, not %d; use the text encoder that it was trained with"
                                .formatted(name, byText.contextSize(), text.size()));
            }
            // official models know no mask that would hide the rest of a shorter text
            if (!before.isEmpty() && !text.hasShapeOf(before.get(0))) {
                throw new InvalidRequestException(
                        "a text has %d tokens, the first one %d; pad all to one length as the text encoder does"
                                .formatted(text.count(), before.get(0).count()));
            }
            return text;
        }

        private static TextTokens nullText(Subject.Text text) {
            if (text.nullText() == null) {
                throw new InvalidRequestException(
                        "guidance needs the tokens of the empty text; give them, or leave the scale at 1");
            }
            return text.nullText();
        }

        @Override
        public NDArray wanted(NDManager manager, int from, int to) {
            return array(manager, texts.subList(from, to));
        }

        @Override
        public NDArray none(NDManager manager, int from, int to) {
            return array(manager, nullTexts.subList(from, to));
        }

        @Override
        public String textHash(int picture) {
            return texts.get(picture).hash();
        }

        private static NDArray array(NDManager manager, List<TextTokens> texts) {
            TextTokens first = texts.get(0);
            Shape shape = new Shape(texts.size(), first.count(), first.size());
            FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(shape.size()));
            texts.forEach(text -> values.put(text.values()));
            return manager.create(values.array(), shape); // (B, n, d)
        }
    }
}
