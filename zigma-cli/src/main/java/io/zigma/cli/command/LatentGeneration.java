package io.zigma.cli.command;

import ai.djl.Device;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.CodecOptions;
import io.zigma.cli.option.ComputeOptions;
import io.zigma.cli.option.ModelFolder;
import io.zigma.cli.option.PromptOptions;
import io.zigma.cli.option.SamplingOptions;
import io.zigma.cli.option.SubjectOptions;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.ProgressBar;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.op.Precision;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.GenerationListener;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GuidanceChoice;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.pipeline.SamplerChoice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
        Precision precision = GenerationPlan.precision(arguments, compute);
        CheckpointFolder checkpoint = ModelFolder.open(arguments);
        Optional<Long> seed =
                arguments
                        .wholeNumber(GenerationPlan.SEED)
                        .filter(given -> given != GenerationRequest.RANDOM_SEED);
        GenerationRequest request =
                request(arguments, checkpoint, seed.orElseGet(GenerationRequest::randomSeed))
                        .withLatents(true);
        PictureOutput.checkFree(file, arguments.has(PictureOutput.FORCE));
        Optional<CheckpointFolder> guide =
                GenerationPlan.guide(arguments, request.guidance().with(GuidanceStrength.NONE));
        Device device = compute.start();
        try (ImageGenerator generator =
                        GenerationPlan.guided(
                                ImageGenerator.load(
                                        checkpoint,
                                        device,
                                        precision,
                                        PromptOptions.textEncoder(arguments)),
                                guide,
                                device,
                                precision);
                ProgressBar progress = new ProgressBar(console, "steps", 0)) {
            if (seed.isEmpty()) {
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
        }
    }

    /** What is asked of the model, checked as far as it can be without the engine. */
    private static GenerationRequest request(
            Arguments arguments, CheckpointFolder checkpoint, long seed) throws IOException {
        SubjectOptions subjects = new SubjectOptions(arguments);
        SamplingOptions sampling = new SamplingOptions(arguments);
        sampling.check();
        subjects.check();
        return new GenerationRequest(
                subjects.subjects(checkpoint),
                seed,
                new SamplerChoice.Given(sampling.sampler(checkpoint.config().sampling())),
                GuidanceChoice.of(sampling.guidance(checkpoint)),
                null,
                false,
                sampling.batch(GenerationPlan.DEFAULT_BATCH),
                GenerationListener.NONE);
    }
}
