package io.zigma.cli.command;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonObject;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.CodecFolder;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.CodecOptions;
import io.zigma.cli.option.ComputeOptions;
import io.zigma.cli.option.DataOpening;
import io.zigma.cli.option.DataOptions;
import io.zigma.cli.option.EvaluationFlags;
import io.zigma.cli.option.EvaluationOptions;
import io.zigma.cli.option.SamplePrecision;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.FeatureProgress;
import io.zigma.cli.terminal.ProgressBar;
import io.zigma.codec.SampleCodec;
import io.zigma.engine.EngineStart;
import io.zigma.eval.FeatureCache;
import io.zigma.eval.FeatureNetworks;
import io.zigma.eval.Pictures;
import io.zigma.eval.ReconstructionQuality;
import io.zigma.io.JsonText;
import io.zigma.media.PictureFormat;
import io.zigma.media.Pixels;
import io.zigma.op.Precision;
import io.zigma.train.data.ImageDataset;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.cli.Option;
import org.jspecify.annotations.Nullable;

/** {@code zigma evaluate --codec}: how much of pictures a codec keeps. */
final class CodecEvaluation {

    private CodecEvaluation() {}

    /**
     * Encodes and decodes pictures, and writes how alike they stay.
     *
     * @throws UsageException if another subject is named too, or the codec does not encode pictures
     *     of that size
     * @throws IOException if codec or pictures cannot be read
     */
    static void run(
            Arguments arguments,
            EvaluationOptions options,
            List<Option> others,
            ComputeOptions compute,
            Console console)
            throws IOException {
        for (Option other : others) {
            if (arguments.has(other)) {
                throw new UsageException(
                        "--codec without -m is evaluated on the pictures of --data alone; leave out %s, or name a model"
                                .formatted(Arguments.spelling(other)));
            }
        }
        CodecFolder folder = CodecFolder.open(arguments.requiredPath(CodecOptions.CODEC));
        DataOptions dataOptions = new DataOptions(arguments);
        dataOptions.check();
        ImageDataset data = new DataOpening(dataOptions, console).ofNewRun();
        if (data.codec().isPresent()) {
            throw new UsageException("%s holds latents; give the pictures".formatted(data.name()));
        }
        SampleShape pixels = SampleShape.image(data.channels(), data.height(), data.width());
        try {
            folder.spec().sampleOf(pixels);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage() + "; give --image-size");
        }
        Precision precision = SamplePrecision.of(arguments, compute);
        int count = Math.min(options.count(0), data.size());
        int[] chosen =
                IntStream.range(0, count)
                        .map(i -> (int) ((long) i * data.size() / count))
                        .toArray();
        Pictures originals = Pictures.of(data, chosen);
        Device device = compute.start();
        Pictures decoded = reconstructed(folder, originals, pixels, precision, device, console);
        FeatureCache cache =
                new FeatureCache(
                        options.cache().resolve("features"),
                        device,
                        new FeatureProgress(console)::show);
        ReconstructionQuality quality;
        EvaluationNetworks networks = networks(arguments, options, originals.format(), console);
        if (networks == null) {
            quality = ReconstructionQuality.of(originals, decoded, null, cache);
        } else {
            try (FeatureNetworks loaded = networks.load(device)) {
                quality = ReconstructionQuality.of(originals, decoded, loaded, cache);
            }
        }
        Optional<String> seen =
                Optional.ofNullable(networks).flatMap(found -> found.reducedTo(originals.sample()));
        write(quality, seen, folder, precision, options.json(), console);
    }

    /** Without a network that takes the pictures, there is no distance, and a line says so. */
    private static @Nullable EvaluationNetworks networks(
            Arguments arguments, EvaluationOptions options, PictureFormat format, Console console)
            throws IOException {
        try {
            return EvaluationNetworks.of(arguments, options, format.sample(), console);
        } catch (IOException e) {
            if (options.namesClassifier() || arguments.has(EvaluationFlags.features())) {
                throw e;
            }
            console.say("the Fréchet distance is left out: " + e.getMessage());
            return null;
        }
    }

    private static Pictures reconstructed(
            CodecFolder folder,
            Pictures originals,
            SampleShape pixels,
            Precision precision,
            Device device,
            Console console)
            throws IOException {
        int size = pixels.size();
        byte[] before = originals.levels();
        byte[] after = new byte[before.length];
        try (SampleCodec codec = folder.load(device);
                ProgressBar bar = new ProgressBar(console, "pictures", 0)) {
            codec.setPrecision(precision);
            for (int i = 0; i < originals.count(); i++) {
                float[] values = new float[size];
                for (int k = 0; k < size; k++) {
                    values[k] = Pixels.value(before[i * size + k]);
                }
                try (NDManager scope = EngineStart.newManager(device)) {
                    NDArray picture =
                            scope.create(
                                    values,
                                    new Shape(
                                            1, pixels.channels(), pixels.height(), pixels.width()));
                    float[] decoded = codec.decode(codec.encode(picture)).toFloatArray();
                    for (int k = 0; k < size; k++) {
                        after[i * size + k] = Pixels.nearestLevel(decoded[k]);
                    }
                }
                bar.advanceTo(i + 1, originals.count(), "reconstructed");
            }
        }
        return Pictures.of(originals.format(), after);
    }

    private static void write(
            ReconstructionQuality quality,
            Optional<String> seen,
            CodecFolder folder,
            Precision precision,
            boolean json,
            Console console) {
        if (json) {
            JsonObject object = new JsonObject();
            object.addProperty("codec", folder.reference().name());
            object.addProperty("codec_sha256", folder.reference().hash());
            object.addProperty("pictures", quality.pictures());
            object.addProperty("psnr", quality.psnr());
            object.addProperty("worst_psnr", quality.worstPsnr());
            quality.ssim().ifPresent(value -> object.addProperty("ssim", value));
            quality.frechet().ifPresent(value -> object.addProperty("frechet_distance", value));
            seen.ifPresent(side -> object.addProperty("classifier_sees", side));
            if (precision != Precision.FLOAT32) {
                object.addProperty("number_format", precision.label());
            }
            console.out().print(JsonText.of(object));
            return;
        }
        console.out()
                .println(
                        "%s, %s pictures encoded and decoded%s"
                                .formatted(
                                        folder.path(),
                                        quality.pictures(),
                                        precision == Precision.FLOAT32
                                                ? ""
                                                : " in " + precision.label()));
        line(console, "PSNR, mean", "%.2f dB", quality.psnr());
        line(console, "PSNR, worst", "%.2f dB", quality.worstPsnr());
        quality.ssim().ifPresent(value -> line(console, "SSIM, mean", "%.4f", value));
        String at = seen.map(side -> ", pictures averaged down to " + side).orElse("");
        quality.frechet().ifPresent(value -> line(console, "Fréchet distance", "%.3f" + at, value));
    }

    private static void line(Console console, String title, String format, double value) {
        console.out().println(String.format(Locale.ROOT, "%-18s", title) + number(format, value));
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
