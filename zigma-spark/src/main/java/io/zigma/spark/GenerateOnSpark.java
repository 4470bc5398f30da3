package io.zigma.spark;

import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.ModelFolder;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.option.PromptOptions;
import io.zigma.cli.option.SamplingOptions;
import io.zigma.cli.option.SubjectOptions;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.condition.Prompt;
import io.zigma.op.Precision;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.SamplerChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.cli.Option;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** {@code zigma-spark generate}: pictures by the thousand, as shards or as a Parquet file. */
final class GenerateOnSpark extends SparkCommand {

    private static final int DEFAULT_BATCH = 16;
    private static final int MOST_OF_A_SHARD = 1_000_000;
    private static final String PARQUET = ".parquet";

    private static final Option SEED =
            Flags.value(
                    "s",
                    "seed",
                    "N",
                    "seed of the first picture, the next has the next; default, and -1: random and"
                            + " printed");
    private static final Option REQUESTS =
            Flags.value(
                    null,
                    "requests",
                    "FILE",
                    "rows of requests in place of -m, -c, -p, -n and -s: a Parquet, JSON-lines or"
                            + " CSV file with columns model, seed, and as needed "
                            + String.join(", ", optionalColumns()));
    private static final Option OUTPUT =
            Flags.value(
                    "o",
                    "output",
                    "DIR",
                    "new folder for WebDataset shards 00000.tar, 00001.tar, ...; one that ends in"
                            + " .parquet gets rows with columns "
                            + String.join(", ", RequestSchema.PICTURES.fieldNames()));
    private static final Option SHARD =
            Flags.value(
                    null,
                    "shard-size",
                    "N",
                    "pictures of a shard, which is one task of the cluster; default "
                            + GenerationSettings.STANDARD.shardSize());
    private static final Option NO_METADATA =
            Flags.flag(null, "no-metadata", "leave the recipe out of the PNG files");
    private static final Option PRECISION =
            Flags.value(
                    null,
                    "precision",
                    "NAME",
                    "f32 (default), or bf16: large matrix products in bfloat16");
    private static final Option BATCH = SamplingOptions.batchOf(DEFAULT_BATCH);

    private static List<String> optionalColumns() {
        return Arrays.stream(RequestSchema.REQUESTS.fields())
                .filter(field -> field.nullable())
                .map(field -> field.name())
                .toList();
    }

    @Override
    public String name() {
        return "generate";
    }

    @Override
    public String purpose() {
        return "Make pictures on a cluster, the same bytes as zigma generate makes of the same requests.";
    }

    @Override
    public String synopsis() {
        return "-m DIR [-c CLASS | -p TEXT] -n N [-s SEED] | --requests FILE  -o DIR";
    }

    @Override
    public List<OptionSection> sections() {
        return List.of(
                OptionSection.of(
                        "What to make",
                        ModelFolder.MODEL,
                        SubjectOptions.CLASS,
                        PromptOptions.PROMPT,
                        PromptOptions.PROMPTS,
                        PromptOptions.NEGATIVE,
                        SubjectOptions.COUNT,
                        SEED,
                        REQUESTS,
                        OUTPUT),
                OptionSection.of(
                        "How to sample",
                        SamplingOptions.SAMPLER,
                        SamplingOptions.STEPS,
                        SamplingOptions.SAMPLER_OPTION,
                        SamplingOptions.GUIDANCE,
                        SamplingOptions.INTERVAL,
                        SamplingOptions.CHANNELS,
                        PRECISION,
                        BATCH),
                OptionSection.of("What to write", SHARD, NO_METADATA),
                CLUSTER);
    }

    @Override
    public List<String> examples() {
        return List.of(
                "generate -m models/fashion -n 50000 -s 0 -o samples",
                "generate -m models/fashion -n 1000 -o samples.parquet --master local[4]",
                "generate --requests requests.jsonl -o pictures --shard-size 500");
    }

    @Override
    void check(Arguments arguments) throws IOException {
        output(arguments);
        settings(arguments);
        new SamplingOptions(arguments).check();
        if (arguments.has(REQUESTS)) {
            for (Option option :
                    List.of(
                            ModelFolder.MODEL,
                            SubjectOptions.CLASS,
                            PromptOptions.PROMPT,
                            PromptOptions.PROMPTS,
                            PromptOptions.NEGATIVE,
                            SubjectOptions.COUNT,
                            SEED,
                            SamplingOptions.SAMPLER,
                            SamplingOptions.STEPS,
                            SamplingOptions.SAMPLER_OPTION,
                            SamplingOptions.GUIDANCE,
                            SamplingOptions.INTERVAL,
                            SamplingOptions.CHANNELS)) {
                if (arguments.has(option)) {
                    throw new UsageException(
                            "each row of --requests says that itself; leave out %s"
                                    .formatted(Arguments.spelling(option)));
                }
            }
        } else {
            new SubjectOptions(arguments).check();
        }
    }

    @Override
    void run(Arguments arguments, SparkSession spark, Console console) throws IOException {
        String output = output(arguments);
        Dataset<Row> requests =
                arguments.has(REQUESTS)
                        ? read(arguments.requiredText(REQUESTS), spark)
                        : asked(arguments, spark, console);
        try (TaskProgress progress = TaskProgress.of(spark, console, "shards")) {
            Dataset<Row> pictures =
                    PictureGeneration.of(
                            requests,
                            settings(arguments),
                            model -> ModelFolder.open(Path.of(model)));
            if (output.endsWith(PARQUET)) {
                pictures.write().mode(SaveMode.ErrorIfExists).parquet(output);
            } else {
                WebDatasetShards.write(pictures, output);
            }
        }
        console.out().println(output);
    }

    private static GenerationSettings settings(Arguments arguments) {
        GenerationSettings standard = GenerationSettings.STANDARD;
        return new GenerationSettings(
                arguments.integer(SHARD, 1, MOST_OF_A_SHARD, standard.shardSize()),
                new SamplingOptions(arguments).batch(DEFAULT_BATCH),
                threads(arguments),
                Precision.parse(
                        arguments.choice(
                                PRECISION,
                                Arrays.stream(Precision.values()).map(Precision::label).toList(),
                                Precision.FLOAT32.label())),
                !arguments.has(NO_METADATA));
    }

    /** Returns the place of the result, which may be on a cluster's file system. */
    private static String output(Arguments arguments) throws IOException {
        String given = arguments.requiredText(OUTPUT);
        if (!given.contains("://")) {
            Path folder = arguments.requiredPath(OUTPUT);
            if (Files.exists(folder)) {
                throw new IOException(
                        "%s exists already; name a new folder, or remove it".formatted(folder));
            }
        }
        return given;
    }

    private static Dataset<Row> read(String file, SparkSession spark) {
        String name = file.toLowerCase(Locale.ROOT);
        if (name.endsWith(".csv")) {
            // as text: a class or a key of digits is no number
            return spark.read().option("header", "true").csv(file);
        }
        if (name.endsWith(".json") || name.endsWith(".jsonl")) {
            return spark.read().json(file);
        }
        if (name.endsWith(PARQUET)) {
            return spark.read().parquet(file);
        }
        throw new UsageException(
                "--requests '%s' names no format; it should end in .parquet, .jsonl or .csv"
                        .formatted(file));
    }

    private static Dataset<Row> asked(Arguments arguments, SparkSession spark, Console console)
            throws IOException {
        CheckpointFolder checkpoint = ModelFolder.open(arguments);
        List<Prompt> prompts = new SubjectOptions(arguments).subjects(checkpoint);
        Optional<Long> given =
                arguments.wholeNumber(SEED).filter(seed -> seed != GenerationRequest.RANDOM_SEED);
        long seed = given.orElseGet(GenerationRequest::randomSeed);
        if (given.isEmpty()) {
            console.say("seed " + seed);
        }
        SamplingOptions sampling = new SamplingOptions(arguments);
        sampling.sampler(checkpoint.config().sampling()); // refused here already
        sampling.guidance(checkpoint);
        SamplerChoice.Named sampler = sampling.choice();
        List<Row> rows = new ArrayList<>(prompts.size());
        for (int i = 0; i < prompts.size(); i++) {
            Prompt prompt = prompts.get(i);
            rows.add(
                    RowFactory.create(
                            null,
                            arguments.requiredText(ModelFolder.MODEL),
                            className(prompt, checkpoint),
                            prompt.text(),
                            prompt.negativeText(),
                            seed + i,
                            sampler.name(),
                            sampler.steps(),
                            sampler.options(),
                            arguments.has(SamplingOptions.GUIDANCE)
                                    ? sampling.guidance(checkpoint).scale()
                                    : null,
                            arguments.text(SamplingOptions.INTERVAL).orElse(null),
                            arguments.has(SamplingOptions.CHANNELS)
                                    ? sampling.guidance(checkpoint).channels()
                                    : null));
        }
        return spark.createDataFrame(rows, RequestSchema.REQUESTS);
    }

    private static @Nullable String className(Prompt prompt, CheckpointFolder checkpoint) {
        return prompt.classNumber() == null
                ? null
                : checkpoint.config().labels().get(prompt.classNumber());
    }
}
