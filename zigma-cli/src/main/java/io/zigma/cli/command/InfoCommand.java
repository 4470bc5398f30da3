package io.zigma.cli.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.zigma.backbone.BackboneSpec;
import io.zigma.base.Amount;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.CodecFolder;
import io.zigma.checkpoint.ConfigJson;
import io.zigma.checkpoint.NoisyClassifierFolder;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.Command;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.ModelFolder;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.Printable;
import io.zigma.codec.CodecReference;
import io.zigma.diffusion.Processes;
import io.zigma.eval.feature.ClassifierFolder;
import io.zigma.io.JsonText;
import io.zigma.io.SafetensorsFile;
import io.zigma.text.TextEncoderReference;
import io.zigma.text.Vocabulary;
import io.zigma.train.data.LicenceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.commons.cli.Option;

/** {@code zigma info}: describes a checkpoint, without loading the engine. */
public final class InfoCommand implements Command {

    private static final Option JSON = Flags.flag(null, "json", "the same as JSON, for programs");

    @Override
    public String name() {
        return "info";
    }

    @Override
    public String purpose() {
        return "Describe a checkpoint: its model, its classes, how it was trained and on what; or a codec.";
    }

    @Override
    public String synopsis() {
        return "-m DIR [--json | --draw-scan FILE]";
    }

    @Override
    public List<OptionSection> sections() {
        return List.of(OptionSection.of("Options", ModelFolder.MODEL, JSON), ScanPicture.options());
    }

    @Override
    public List<String> examples() {
        return List.of(
                "info -m models/fashion",
                "info -m models/fashion --json",
                "info -m models/fashion --draw-scan scan.png",
                "info --scan zigzag-8 --grid 14x14 --draw-scan zigzag.png");
    }

    @Override
    public void run(Arguments arguments, Console console) throws IOException {
        if (arguments.has(ScanPicture.DRAW)) {
            drawScan(arguments, console);
            return;
        }
        for (Option option : List.of(ScanPicture.SCAN, ScanPicture.GRID)) {
            if (arguments.has(option)) {
                throw new UsageException(
                        "%s is for a picture of the scan; add %s FILE"
                                .formatted(
                                        Arguments.spelling(option),
                                        Arguments.spelling(ScanPicture.DRAW)));
            }
        }
        Path named = arguments.requiredPath(ModelFolder.MODEL);
        if (ClassifierFolder.isIn(named)) {
            ClassifierFolder classifier = ClassifierFolder.open(named);
            Weights weights = Weights.of(named.resolve(ClassifierFolder.WEIGHTS));
            if (arguments.has(JSON)) {
                print(ClassifierReport.json(classifier, weights), console);
            } else {
                ClassifierReport.text(classifier, weights).forEach(console.out()::println);
            }
            return;
        }
        if (NoisyClassifierFolder.isIn(named)) {
            NoisyClassifierFolder classifier = NoisyClassifierFolder.open(named);
            Weights weights = Weights.of(named.resolve(NoisyClassifierFolder.WEIGHTS));
            if (arguments.has(JSON)) {
                print(NoisyClassifierReport.json(classifier, weights), console);
            } else {
                NoisyClassifierReport.text(classifier, weights).forEach(console.out()::println);
            }
            return;
        }
        if (CodecFolder.isIn(named)) {
            CodecFolder codec = CodecFolder.open(named);
            Weights weights = Weights.of(named.resolve(CodecFolder.WEIGHTS));
            if (arguments.has(JSON)) {
                print(CodecReport.json(codec, weights), console);
            } else {
                CodecReport.text(codec, weights).forEach(console.out()::println);
            }
            return;
        }
        CheckpointFolder checkpoint = ModelFolder.open(arguments);
        Weights weights = Weights.of(checkpoint.path().resolve(CheckpointFolder.WEIGHTS));
        if (arguments.has(JSON)) {
            print(json(checkpoint, weights), console);
        } else {
            text(checkpoint, weights).forEach(console.out()::println);
        }
    }

    private static void drawScan(Arguments arguments, Console console) throws IOException {
        Path file = arguments.requiredPath(ScanPicture.DRAW);
        boolean ofCheckpoint = arguments.has(ModelFolder.MODEL);
        if (arguments.has(JSON)) {
            throw new UsageException("--draw-scan writes a picture; leave out --json");
        }
        if (ofCheckpoint && (arguments.has(ScanPicture.SCAN) || arguments.has(ScanPicture.GRID))) {
            throw new UsageException(
                    "the scan is that of the checkpoint; leave out --model, or --scan and --grid");
        }
        ScanPicture picture =
                ofCheckpoint
                        ? ScanPicture.of(ModelFolder.open(arguments).config().model())
                        : ScanPicture.of(arguments);
        picture.write(file, arguments.has(ScanPicture.FORCE), console);
    }

    private static void print(JsonObject json, Console console) {
        console.out().print(JsonText.of(json));
    }

    /**
     * The contents of the weights file's header.
     *
     * @param parameters how many numbers it holds
     * @param types the number formats it holds them in
     * @param bytes its size
     */
    record Weights(long parameters, String types, long bytes) {

        static Weights of(Path path) throws IOException {
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                long parameters = 0;
                TreeSet<String> types = new TreeSet<>();
                for (String name : file.names()) {
                    long size = 1;
                    for (long side : file.shape(name)) {
                        size *= side;
                    }
                    parameters += size;
                    types.add(file.dtype(name).name());
                }
                return new Weights(parameters, String.join(", ", types), Files.size(path));
            }
        }
    }

    private static JsonObject json(CheckpointFolder checkpoint, Weights weights) {
        CheckpointConfig config = checkpoint.config();
        JsonObject json = new JsonObject();
        json.addProperty("path", checkpoint.path().toString());
        json.addProperty("parameters", weights.parameters());
        json.addProperty("precision", weights.types());
        json.addProperty("bytes", weights.bytes());
        json.addProperty("weights_sha256", checkpoint.weightsHash());
        ConfigJson.writeModel(config.model(), config.labels(), json);
        json.add("operations", WorkReport.of(config.model()).json());
        json.add("process", Processes.write(config.process()));
        json.add("codec", ConfigJson.writeCodec(config.codec()));
        config.textEncoder().ifPresent(encoder -> json.add("text_encoder", write(encoder)));
        json.add("sampling", ConfigJson.write(config.sampling()));
        json.add("training", config.training());
        json.add("data", config.data());
        return json;
    }

    private static JsonObject write(TextEncoderReference encoder) {
        JsonObject json = new JsonObject();
        json.addProperty("name", encoder.name());
        json.addProperty("hash", encoder.hash());
        return json;
    }

    private static List<String> text(CheckpointFolder checkpoint, Weights weights) {
        CheckpointConfig config = checkpoint.config();
        BackboneSpec model = config.model();
        List<String> lines = new ArrayList<>();
        lines.add(checkpoint.path().toString());
        lines.add(
                row(
                        "model",
                        "%s, %,d parameters (%s, %.1f MB)",
                        model.kind().name(),
                        weights.parameters(),
                        weights.types(),
                        weights.bytes() / 1e6));
        lines.add(
                row(
                        model.sample().isVideo() ? "videos" : "images",
                        "%s%d × %d, %s",
                        model.sample().isVideo()
                                ? Amount.of(model.sample().frames(), "frame") + " of "
                                : "",
                        model.sample().height(),
                        model.sample().width(),
                        colours(model.sample().channels())));
        config.codec()
                .filter(CodecReference::isFolder)
                .ifPresent(codec -> lines.add(row("codec", "%s", CodecReport.needed(codec))));
        if (config.codec().isEmpty()) {
            lines.add(row("codec", "not named; the samples are latents of an autoencoder"));
        }
        lines.addAll(understood(config));
        model.facts().forEach((title, fact) -> lines.add(row(title, "%s", fact)));
        lines.addAll(WorkReport.of(model).text());
        lines.add(row("process", "%s", config.process().description()));
        lines.add(
                row(
                        "sampling",
                        "%s, %d steps%s, guidance %s by default",
                        config.sampling().sampler(),
                        config.sampling().steps(),
                        config.sampling().options().entrySet().stream()
                                .map(
                                        option ->
                                                ", %s=%s"
                                                        .formatted(
                                                                option.getKey(), option.getValue()))
                                .collect(Collectors.joining()),
                        config.sampling().guidance()));
        lines.addAll(facts("training", config.training()));
        lines.addAll(facts("data", Vocabulary.without(config.data())));
        lines.add(row("weights", "SHA-256 %s", checkpoint.weightsHash()));
        return lines;
    }

    /** Returns a line of the report. */
    static String row(String title, String format, Object... values) {
        return Printable.of(
                String.format(Locale.ROOT, "  %-12s ", title)
                        + String.format(Locale.ROOT, format, values));
    }

    /** Returns what pictures of so many channels are called. */
    static String colours(int channels) {
        return switch (channels) {
            case 1 -> "grey";
            case 3 -> "RGB";
            default -> channels + " channels";
        };
    }

    /** What can be asked for. */
    private static List<String> understood(CheckpointConfig config) {
        return config.model().conditioning().contextSize() > 0
                ? TextReport.rows(config)
                : ClassList.rows(config.labels());
    }

    /** One line a fact, the title before the first. */
    static List<String> facts(String title, JsonObject facts) {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, JsonElement> fact : facts.entrySet()) {
            JsonElement value = fact.getValue();
            lines.add(
                    row(
                            lines.isEmpty() ? title : "",
                            "%s: %s",
                            fact.getKey().replace('_', ' '),
                            fact.getKey().endsWith("licence") && value.isJsonPrimitive()
                                    ? LicenceFile.title(value.getAsString())
                                    : readable(value)));
        }
        return lines;
    }

    /** Writes nested facts as "a b, c d", without the signs that only programs need. */
    private static String readable(JsonElement value) {
        if (value instanceof JsonObject object) {
            return object.entrySet().stream()
                    .map(fact -> fact.getKey().replace('_', ' ') + " " + readable(fact.getValue()))
                    .collect(Collectors.joining(", "));
        }
        return value.isJsonPrimitive() ? value.getAsString().replace("\n", "; ") : value.toString();
    }
}
