package io.zigma.spark;

import io.zigma.condition.InvalidRequestException;
import io.zigma.condition.Prompt;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GuidanceChoice;
import io.zigma.pipeline.SamplerChoice;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * One row of requests.
 *
 * @param number its place among all rows, from 0 on
 * @param key the name of its files, without an ending
 * @param model the checkpoint folder, as the row spells it
 * @param prompt what is asked for
 * @param seed of the picture's noise
 * @param sampler how to solve from noise to data
 * @param guidance scale and interval of the guidance
 */
record PictureRequest(
        long number,
        String key,
        String model,
        Prompt prompt,
        long seed,
        SamplerChoice sampler,
        GuidanceChoice guidance) {

    /** WebDataset ends a sample's name at the first dot. */
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_-]{1,200}");

    /**
     * Reads a row.
     *
     * @param number its place among all rows
     * @param row with columns of {@link RequestSchema#REQUESTS}
     * @throws RowException if it asks for nothing that can be made
     */
    static PictureRequest of(long number, Row row) {
        String key = keyOf(number, row);
        try {
            return new PictureRequest(
                    number,
                    key,
                    needed(row, RequestSchema.MODEL, String.class),
                    promptOf(row),
                    whole(
                            RequestSchema.SEED,
                            needed(row, RequestSchema.SEED, Number.class),
                            Long.MIN_VALUE,
                            Long.MAX_VALUE),
                    samplerOf(row),
                    guidanceOf(row));
        } catch (IllegalArgumentException e) {
            throw new RowException(number, key, e.getMessage());
        }
    }

    private static String keyOf(long number, Row row) {
        String given = optional(row, RequestSchema.KEY, String.class);
        if (given == null) {
            return String.format(Locale.ROOT, "%06d", number);
        }
        if (!KEY.matcher(given).matches()) {
            throw new RowException(
                    number,
                    given,
                    "a key names files; it has letters, digits, hyphens and underscores only");
        }
        return given;
    }

    private static Prompt promptOf(Row row) {
        String className = optional(row, RequestSchema.CLASS, String.class);
        String text = optional(row, RequestSchema.PROMPT, String.class);
        String negative = optional(row, RequestSchema.NEGATIVE_PROMPT, String.class);
        if (className != null && text != null) {
            throw new InvalidRequestException(
                    "a model follows a class or a text; leave out one of the two");
        }
        Prompt prompt =
                text != null
                        ? Prompt.ofText(text)
                        : className != null ? Prompt.ofClass(className) : Prompt.any();
        return negative == null ? prompt : prompt.withNegativeText(negative);
    }

    private static SamplerChoice samplerOf(Row row) {
        Map<String, String> options = new LinkedHashMap<>();
        if (has(row, RequestSchema.SAMPLER_OPTIONS)) {
            // in the order of the names: a map has none of its own after a shuffle
            new TreeMap<>(
                            row.<String, String>getJavaMap(
                                    row.fieldIndex(RequestSchema.SAMPLER_OPTIONS)))
                    .forEach(options::put);
        }
        return new SamplerChoice.Named(
                optional(row, RequestSchema.SAMPLER, String.class),
                integerOf(row, RequestSchema.STEPS),
                options);
    }

    private static GuidanceChoice guidanceOf(Row row) {
        Number scale = optional(row, RequestSchema.GUIDANCE, Number.class);
        String interval = optional(row, RequestSchema.INTERVAL, String.class);
        return new GuidanceChoice(
                scale == null ? null : scale.doubleValue(),
                interval == null ? null : GuidanceChoice.Interval.parse(interval),
                integerOf(row, RequestSchema.CHANNELS));
    }

    private static @Nullable Integer integerOf(Row row, String column) {
        Number given = optional(row, column, Number.class);
        return given == null
                ? null
                : (int) whole(column, given, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /** A reader of CSV or JSON makes 4.5 or 2^63 a number of another type: not cut to a long. */
    private static long whole(String column, Number given, long least, long most) {
        try {
            long value = new BigDecimal(given.toString()).longValueExact();
            if (value >= least && value <= most) {
                return value;
            }
        } catch (ArithmeticException | NumberFormatException e) {
            // Refused below, like a number out of range.
        }
        throw new InvalidRequestException(
                "the column %s needs a whole number from %s to %s, not %s"
                        .formatted(column, least, most, given));
    }

    private static boolean has(Row row, String column) {
        return row.schema().getFieldIndex(column).isDefined()
                && !row.isNullAt(row.fieldIndex(column));
    }

    private static <T> @Nullable T optional(Row row, String column, Class<T> type) {
        if (!has(row, column)) {
            return null;
        }
        Object value = row.get(row.fieldIndex(column));
        if (type == Number.class && value instanceof String text) {
            value = number(text); // a CSV file has nothing but text
        } else if (type == String.class && (value instanceof Long || value instanceof Integer)) {
            value = value.toString(); // a class by its number
        }
        if (!type.isInstance(value)) {
            throw new InvalidRequestException(
                    "the column %s holds '%s', which is no %s"
                            .formatted(column, value, type == String.class ? "text" : "number"));
        }
        return type.cast(value);
    }

    /** Returns the number that a text is, or the text. */
    private static Object number(String text) {
        try {
            return new BigDecimal(text.strip());
        } catch (NumberFormatException e) {
            return text;
        }
    }

    private static <T> T needed(Row row, String column, Class<T> type) {
        T value = optional(row, column, type);
        if (value == null) {
            throw new InvalidRequestException("the column %s is empty".formatted(column));
        }
        return value;
    }

    /** Returns whether both can be made at once, this one first. */
    boolean goesBefore(PictureRequest next) {
        return next.seed == seed + 1
                && next.model.equals(model)
                && next.sampler.equals(sampler)
                && next.guidance.equals(guidance);
    }

    /** Returns a request for this picture alone. */
    GenerationRequest request() {
        return GenerationRequest.any()
                .withPrompts(List.of(prompt))
                .withSeed(seed)
                .withSampler(sampler)
                .withGuidance(guidance);
    }
}
