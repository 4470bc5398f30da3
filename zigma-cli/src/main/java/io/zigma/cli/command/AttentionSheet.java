package io.zigma.cli.command;

import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.UsageException;
import io.zigma.condition.Prompt;
import io.zigma.media.MediaContent;
import io.zigma.media.MediaFormats;
import io.zigma.pipeline.AttentionDrawing;
import io.zigma.pipeline.AttentionMap;
import io.zigma.pipeline.GeneratedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.cli.Option;

/** Collects the attention maps of generated pictures for a drawing: {@code --attention-maps}. */
final class AttentionSheet {

    /** More rows make a picture that is too long to be of use. */
    private static final int MOST_PICTURES = 64;

    static final Option OPTION =
            Flags.value(
                    null,
                    "attention-maps",
                    "FILE",
                    "also draw, as a PNG file, where the model attended to each word of the prompt:"
                            + " a row for each of at most "
                            + MOST_PICTURES
                            + " pictures, under each word its fraction of all attention");

    private final Path file;
    private final List<GeneratedImage> pictures = new ArrayList<>();
    private final List<AttentionMap> maps = new ArrayList<>();

    private AttentionSheet(Path file) {
        this.file = file;
    }

    /**
     * Starts the image, if it was requested.
     *
     * @throws UsageException if the file is to be no PNG
     */
    static Optional<AttentionSheet> of(Arguments arguments) {
        Optional<Path> file = arguments.path(OPTION);
        file.ifPresent(AttentionSheet::requirePng);
        return file.map(AttentionSheet::new);
    }

    private static void requirePng(Path file) {
        if (!MediaFormats.of(file).equals(Optional.of(MediaFormats.PNG))) {
            throw new UsageException(
                    "%s '%s' should end in %s"
                            .formatted(
                                    Arguments.spelling(OPTION),
                                    file,
                                    MediaFormats.endings(List.of(MediaFormats.PNG))));
        }
    }

    /**
     * Refuses a request without words.
     *
     * @throws UsageException if nothing is asked for in words, or for too many pictures
     */
    void requireWords(List<Prompt> prompts, Path model) {
        if (prompts.stream().anyMatch(prompt -> prompt.text() == null)) {
            throw new UsageException(
                    "%s is for the words of a prompt, and %s got none; leave it out, or give --prompt"
                            .formatted(Arguments.spelling(OPTION), model));
        }
        if (prompts.size() > MOST_PICTURES) {
            throw new UsageException(
                    "%s shows at most %s pictures, not %s; request fewer at once"
                            .formatted(Arguments.spelling(OPTION), MOST_PICTURES, prompts.size()));
        }
    }

    Path file() {
        return file;
    }

    /** Takes the maps of a batch; batches come in order. */
    void add(List<AttentionMap> batch) {
        maps.addAll(batch);
    }

    /** Takes the pictures of a batch; batches come in order. */
    void generated(List<GeneratedImage> batch) {
        pictures.addAll(batch);
    }

    /**
     * Writes the image.
     *
     * @param text the recipe for the file
     * @throws IOException if it cannot be written
     */
    void write(Map<String, String> text) throws IOException {
        List<AttentionDrawing.Row> rows = new ArrayList<>();
        for (int i = 0; i < pictures.size(); i++) {
            rows.add(
                    new AttentionDrawing.Row(
                            pictures.get(i).frames(),
                            maps.get(i),
                            "seed " + pictures.get(i).recipe().seed()));
        }
        MediaFormats.PNG.write(file, MediaContent.still(AttentionDrawing.of(rows), text));
    }
}
