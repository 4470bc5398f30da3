package io.zigma.cli.command;

import ai.djl.Device;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.CodecOptions;
import io.zigma.cli.option.ComputeOptions;
import io.zigma.cli.option.PictureOutput;
import io.zigma.cli.option.PromptOptions;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.ProgressBar;
import io.zigma.condition.InvalidRequestException;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.GenerationListener;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.pipeline.LoadOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.cli.Option;

/** Samples as the model makes them, undecoded, whether or not a codec could decode them. */
final class LatentGeneration {

    private LatentGeneration() {}

    /**
     * Samples and writes.
     *
     * @param file where to
     * @throws UsageException if an option is for pictures
     * @throws IOException if the model cannot be read or the file not be written
     */
    static void run(Path file, Arguments arguments, Console console) throws IOException {
        for (Option pictures :
                List.of(
                        GenerationPlan.GIF,
                        AttentionSheet.OPTION,
                        GenerationPlan.SCALE,
                        CodecOptions.CODEC)) {
            if (arguments.has(pictures)) {
                throw new UsageException(
                        "%s is for pictures, '%s' holds latents; leave it out"
                                .formatted(Arguments.spelling(pictures), file));
            }
        }
        ComputeOptions compute = ComputeOptions.of(arguments);
        AskedRequest asked = AskedRequest.of(arguments, compute);
        GenerationRequest request = asked.request().withLatents(true);
        PictureOutput.checkFree(file, arguments.has(PictureOutput.FORCE));
        Device device = compute.start();
        try (ImageGenerator generator =
                        AskedClassifier.guided(
                                GenerationPlan.guided(
                                        ImageGenerator.load(
                                                asked.checkpoint(),
                                                device,
                                                LoadOptions.DEFAULT
                                                        .withPrecision(asked.precision())
                                                        .withTextEncoder(
                                                                PromptOptions.textEncoder(
                                                                        arguments))),
                                        asked.guide(),
                                        device,
                                        asked.precision()),
                                asked.classifier(),
                                device);
                ProgressBar progress = new ProgressBar(console, "steps", 0)) {
            if (asked.randomSeed()) {
                console.say("seed " + request.seed());
            }
            List<GeneratedImage> samples =
                    generator.generate(
                            request.withListener(
                                    new GenerationListener() {
                                        @Override
                                        public void progress(int done, int total) {
                                            progress.advanceTo(done, total, "");
                                        }

                                        @Override
                                        public void noticed(String note) {
                                            console.say(note);
                                        }
                                    }));
            progress.close();
            LatentsFile.write(file, samples, !arguments.has(GenerationPlan.NO_METADATA));
            console.out().println(file);
        } catch (InvalidRequestException e) {
            throw AskedRequest.refusal(e, request);
        }
    }
}
