package io.zigma.condition;

import io.zigma.io.SafetensorsException;
import io.zigma.io.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Texts that a text encoder wrote into a safetensors file: one tensor of any name, (n, d) for one
 * text or (B, n, d) for several, and if guidance is wanted a tensor {@code null}, (n, d) or (1, n,
 * d), for the empty text.
 */
public final class TextTokensFile {

    /** Name of the tensor that holds the empty text. */
    public static final String NULL_TEXT = "null";

    private TextTokensFile() {}

    /**
     * Reads a file.
     *
     * @param path the file
     * @return its texts in their order, each with the empty text if the file has one
     * @throws SafetensorsException if it is damaged, has not one tensor of texts, or one is of
     *     another shape or type
     * @throws IOException if reading fails
     */
    public static List<Prompt> read(Path path) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            List<String> names =
                    file.names().stream().filter(name -> !name.equals(NULL_TEXT)).toList();
            if (names.size() != 1) {
                throw new SafetensorsException(
                        "%s needs one tensor of texts beside '%s', not %s"
                                .formatted(path, NULL_TEXT, names.size()));
            }
            TextTokens nullText = file.names().contains(NULL_TEXT) ? nullText(file) : null;
            List<Prompt> subjects = new ArrayList<>();
            for (TextTokens text : texts(file, names.get(0))) {
                subjects.add(Prompt.ofTokens(text, nullText));
            }
            return List.copyOf(subjects);
        } catch (InvalidRequestException e) {
            throw new SafetensorsException("%s: %s".formatted(path, e.getMessage()), e);
        }
    }

    private static TextTokens nullText(SafetensorsFile file) throws IOException {
        List<TextTokens> texts = texts(file, NULL_TEXT);
        if (texts.size() != 1) {
            throw new SafetensorsException(
                    "%s: tensor %s holds %s texts, not the empty one alone"
                            .formatted(file.path(), NULL_TEXT, texts.size()));
        }
        return texts.get(0);
    }

    private static List<TextTokens> texts(SafetensorsFile file, String name) throws IOException {
        long[] shape = file.shape(name);
        boolean several = shape.length == 3;
        if ((!several && shape.length != 2) || Arrays.stream(shape).anyMatch(side -> side < 1)) {
            throw new SafetensorsException(
                    "%s: tensor %s has shape %s; a text is (n, d), several are (B, n, d)"
                            .formatted(file.path(), name, Arrays.toString(shape)));
        }
        float[] values = file.floats(name);
        int count = (int) shape[shape.length - 2];
        int size = (int) shape[shape.length - 1];
        List<TextTokens> texts = new ArrayList<>();
        for (int from = 0; from < values.length; from += count * size) {
            texts.add(text(file.path(), name, count, size, values, from));
        }
        return texts;
    }

    private static TextTokens text(
            Path path, String name, int count, int size, float[] values, int from)
            throws SafetensorsException {
        try {
            return new TextTokens(
                    count, size, Arrays.copyOfRange(values, from, from + count * size));
        } catch (IllegalArgumentException e) {
            throw new SafetensorsException(
                    "%s: tensor %s: %s".formatted(path, name, e.getMessage()), e);
        }
    }
}
