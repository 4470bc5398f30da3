package io.zigma.cli.option;

import io.zigma.condition.InvalidRequestException;
import io.zigma.io.SafetensorsFile;
import io.zigma.media.GifWriter;
import io.zigma.media.Mp4Writer;
import io.zigma.media.PngFile;
import io.zigma.media.WebpWriter;
import io.zigma.pipeline.RecipeReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.cli.Option;

/** The option that takes every setting from the recipe in a file. */
public final class RecipeOption {

    public static final Option RECIPE =
            Flags.value(
                    null,
                    "recipe",
                    "FILE",
                    "make what is in this file again (PNG, GIF, WebP or .safetensors of this program), by"
                            + " the recipe in it; a picture, mask or clip that it was made from is given"
                            + " again with --init-image, --mask or --init-clip, and must be the same");

    private RecipeOption() {}

    /**
     * Reads the recipe, if one is to be used.
     *
     * @param arguments what was given
     * @param others further options that a recipe has values for
     * @return nothing where the option was not given
     * @throws UsageException if there is no recipe, or another option has its value
     * @throws IOException if the file cannot be read
     */
    public static Optional<RecipeReading> read(Arguments arguments, List<Option> others)
            throws IOException {
        if (!arguments.has(RECIPE)) {
            return Optional.empty();
        }
        List<Option> settled = new ArrayList<>(others);
        settled.addAll(EditOptions.SETTINGS);
        settled.addAll(
                List.of(
                        PromptOptions.PROMPT,
                        PromptOptions.PROMPTS,
                        PromptOptions.NEGATIVE,
                        SubjectOptions.CLASS,
                        SubjectOptions.COUNT,
                        SubjectOptions.TEXT_TOKENS,
                        SamplingOptions.SAMPLER,
                        SamplingOptions.SAMPLER_OPTION,
                        SamplingOptions.STEPS,
                        SamplingOptions.GUIDANCE,
                        SamplingOptions.INTERVAL,
                        SamplingOptions.CHANNELS));
        for (Option option : settled) {
            if (arguments.has(option)) {
                throw new UsageException(
                        "the recipe has its own %s; leave out %s, or --recipe"
                                .formatted(option.getLongOpt(), Arguments.spelling(option)));
            }
        }
        Path file = arguments.requiredPath(RECIPE);
        try {
            RecipeReading recipe = new RecipeReading(fields(file));
            if (joinsLines(file) && recipe.mayJoinPrompts()) {
                throw new UsageException(
                        "--recipe '%s': a GIF, WebP or MP4 of several videos has their prompts in one line; use PNG or APNG files, or a file of one video each"
                                .formatted(file));
            }
            return Optional.of(recipe);
        } catch (InvalidRequestException e) {
            throw new UsageException("--recipe '%s': %s".formatted(file, e.getMessage()));
        }
    }

    private static Map<String, String> fields(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + " is not there; name a picture of this program");
        }
        String name = file.toString().toLowerCase(Locale.ROOT);
        try {
            if (name.endsWith(".safetensors")) {
                try (SafetensorsFile latents = SafetensorsFile.open(file)) {
                    return latents.metadata();
                }
            }
            if (name.endsWith(".mp4")) {
                return Mp4Writer.readText(file);
            }
            if (name.endsWith(".webp")) {
                return WebpWriter.readText(file);
            }
            return isGif(file) ? GifWriter.readText(file) : PngFile.readText(file);
        } catch (IOException | RuntimeException e) {
            throw new IOException(
                    "%s cannot be read as a PNG, APNG, GIF, WebP, MP4 or .safetensors file of this program"
                            .formatted(file),
                    e);
        }
    }

    /** GIF, WebP and MP4 have a line a field, in which lines of its text are joined. */
    private static boolean joinsLines(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return isGif(file) || name.endsWith(".webp") || name.endsWith(".mp4");
    }

    private static boolean isGif(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(".gif");
    }
}
