package io.zigma.spark;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The columns of requests and of the pictures made of them. */
public final class RequestSchema {

    static final String KEY = "key";
    static final String MODEL = "model";
    static final String CLASS = "class";
    static final String PROMPT = "prompt";
    static final String NEGATIVE_PROMPT = "negative_prompt";
    static final String SEED = "seed";
    static final String SAMPLER = "sampler";
    static final String STEPS = "steps";
    static final String SAMPLER_OPTIONS = "sampler_options";
    static final String GUIDANCE = "guidance_scale";
    static final String INTERVAL = "guidance_interval";
    static final String CHANNELS = "guidance_channels";

    /**
     * The columns of a request. {@code model} (a checkpoint folder on the driver's machine) and
     * {@code seed} are needed; what else is missing or null is left to the checkpoint, as it is by
     * {@code zigma generate}.
     */
    public static final StructType REQUESTS =
            new StructType(
                    new StructField[] {
                        optional(KEY, DataTypes.StringType),
                        needed(MODEL, DataTypes.StringType),
                        optional(CLASS, DataTypes.StringType),
                        optional(PROMPT, DataTypes.StringType),
                        optional(NEGATIVE_PROMPT, DataTypes.StringType),
                        needed(SEED, DataTypes.LongType),
                        optional(SAMPLER, DataTypes.StringType),
                        optional(STEPS, DataTypes.IntegerType),
                        optional(
                                SAMPLER_OPTIONS,
                                DataTypes.createMapType(
                                        DataTypes.StringType, DataTypes.StringType)),
                        optional(GUIDANCE, DataTypes.DoubleType),
                        optional(INTERVAL, DataTypes.StringType),
                        optional(CHANNELS, DataTypes.IntegerType)
                    });

    static final String NUMBER = "row";
    static final String PNG = "png";
    static final String HASH = "sha256";
    static final String RECIPE = "recipe";

    /**
     * The columns of pictures: the request's place among all, its key, the bytes of the PNG file,
     * their SHA-256, and the recipe as JSON.
     */
    public static final StructType PICTURES =
            new StructType(
                    new StructField[] {
                        needed(NUMBER, DataTypes.LongType),
                        needed(KEY, DataTypes.StringType),
                        needed(PNG, DataTypes.BinaryType),
                        needed(HASH, DataTypes.StringType),
                        needed(RECIPE, DataTypes.StringType)
                    });

    private RequestSchema() {}

    private static StructField needed(String name, DataType type) {
        return new StructField(name, type, false, Metadata.empty());
    }

    private static StructField optional(String name, DataType type) {
        return new StructField(name, type, true, Metadata.empty());
    }

    /**
     * Refuses requests that lack a column, or have one that means nothing here.
     *
     * @param given the columns of a DataFrame
     * @throws IllegalArgumentException in one line with what to do
     */
    static void require(StructType given) {
        Set<String> names = new TreeSet<>(Arrays.asList(given.fieldNames()));
        for (StructField field : REQUESTS.fields()) {
            if (!field.nullable() && !names.contains(field.name())) {
                throw new IllegalArgumentException(
                        "the requests have no column '%s'; they have %s"
                                .formatted(field.name(), String.join(", ", names)));
            }
        }
        names.removeAll(List.of(REQUESTS.fieldNames()));
        if (!names.isEmpty()) {
            throw new IllegalArgumentException(
                    "the requests have %s that no request knows: %s; columns are %s"
                            .formatted(
                                    names.size() == 1 ? "a column" : "columns",
                                    String.join(", ", names),
                                    Arrays.stream(REQUESTS.fieldNames())
                                            .collect(Collectors.joining(", "))));
        }
    }
}
