package io.zigma.cli.command;

import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.CodecOptions;
import io.zigma.cli.option.Command;
import io.zigma.cli.option.ComputeOptions;
import io.zigma.cli.option.EditOptions;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.ModelFolder;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.option.PictureOutput;
import io.zigma.cli.option.PromptOptions;
import io.zigma.cli.option.RecipeOption;
import io.zigma.cli.option.SamplePrecision;
import io.zigma.cli.option.SamplingOptions;
import io.zigma.cli.option.SubjectOptions;
import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.LastWords;
import io.zigma.cli.terminal.ProgressBar;
import io.zigma.cli.terminal.StageTimes;
import io.zigma.condition.InvalidRequestException;
import io.zigma.op.KernelWarmUp;
import io.zigma.pipeline.AttentionMap;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.GenerationListener;
import io.zigma.pipeline.ImageGenerator;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code zigma generate}: pictures from a checkpoint. */
public final class GenerateCommand implements Command {

    @Override
    public String name() {
        return "generate";
    }

    @Override
    public String purpose() {
        return "Make pictures or videos with a trained model.";
    }

    @Override
    public String synopsis() {
        return "-m DIR [-c CLASS | -p TEXT] [-n N] [-s SEED] [-o FILE]";
    }

    @Override
    public List<OptionSection> sections() {
        return List.of(
                OptionSection.of(
                        "What to make",
                        ModelFolder.MODEL,
                        PromptOptions.PROMPT,
                        PromptOptions.PROMPTS,
                        PromptOptions.NEGATIVE,
                        SubjectOptions.CLASS,
                        SubjectOptions.COUNT,
                        GenerationPlan.SEED,
                        GenerationPlan.OUTPUT),
                OptionSection.of(
                        "From a picture",
                        EditOptions.INIT_IMAGE,
                        EditOptions.STRENGTH,
                        EditOptions.MASK,
                        EditOptions.OUTPAINT,
                        EditOptions.INVERT,
                        EditOptions.SHOWS),
                OptionSection.of(
                        "Near and between pictures",
                        EditOptions.VARIATIONS,
                        EditOptions.VARIATION_STRENGTH,
                        EditOptions.INTERPOLATE,
                        EditOptions.TO,
                        EditOptions.FRAMES,
                        RecipeOption.RECIPE),
                OptionSection.of(
                        "Longer videos",
                        EditOptions.EXTEND,
                        EditOptions.OVERLAP,
                        EditOptions.INIT_CLIP,
                        EditOptions.INIT_FPS),
                OptionSection.of(
                        "How texts are encoded",
                        PromptOptions.TEXT_ENCODER,
                        SubjectOptions.TEXT_TOKENS),
                OptionSection.of("How latents are decoded", CodecOptions.CODEC),
                OptionSection.of(
                        "How to sample",
                        SamplingOptions.SAMPLER,
                        SamplingOptions.STEPS,
                        SamplingOptions.SAMPLER_OPTION,
                        SamplingOptions.GUIDANCE,
                        GenerationPlan.GUIDE,
                        AskedClassifier.CLASSIFIER,
                        AskedClassifier.SCALE,
                        AskedClassifier.CLASS,
                        SamplingOptions.INTERVAL,
                        SamplingOptions.CHANNELS),
                OptionSection.of(
                        "What to write",
                        FileStyle.FPS,
                        FileStyle.LOOP,
                        GenerationPlan.GIF,
                        AttentionSheet.OPTION,
                        GenerationPlan.SCALE,
                        PictureOutput.FORCE,
                        GenerationPlan.NO_METADATA),
                OptionSection.of(
                        "Where to compute",
                        ComputeOptions.THREADS,
                        ComputeOptions.DEVICE,
                        ComputeOptions.TF32,
                        SamplePrecision.PRECISION,
                        GenerationPlan.BATCH));
    }

    @Override
    public List<String> examples() {
        return List.of(
                "generate -m models/fashion -c sneaker -n 16 -s 7 -o sneakers.png",
                "generate -m models/emoji -p \"a blue crab\" -p \"a red apple\" -n 4 -o pictures.png",
                "generate -m models/fashion --init-image shoe.png --strength 0.6 -c \"ankle boot\"",
                "generate -m models/fashion -c bag --interpolate 7,8 --frames 24 -o bags.gif",
                "generate -m models/fashion -n 10 -o \"item_%02d.png\" --sampler dopri5");
    }

    @Override
    public void run(Arguments arguments, Console console) throws IOException {
        Optional<Path> latents = arguments.path(GenerationPlan.OUTPUT).filter(LatentsFile::isMeant);
        if (latents.isPresent()) {
            LatentGeneration.run(latents.get(), arguments, console);
            return;
        }
        boolean told = arguments.has(Flags.DEBUG); // asking when Java started takes a while itself
        StageTimes times = told ? StageTimes.ofProcess() : StageTimes.fromNow();
        GenerationPlan plan = GenerationPlan.of(arguments);
        times.ended("Java and options");
        try (ImageGenerator generator = load(plan, times)) {
            times.ended("model");
            if (plan.randomSeed()) {
                console.say("seed " + plan.request().seed());
            }
            generate(plan, generator, console);
            times.ended("pictures");
        }
        if (told) {
            console.say(times.line());
        }
    }

    /** Has Java compile the kernels meanwhile, where the model is one that needs them. */
    private static ImageGenerator load(GenerationPlan plan, StageTimes times) throws IOException {
        boolean kernels =
                plan.checkpoint().config().model() instanceof ZigMaConfig
                        && !plan.compute().device().isGpu();
        try (KernelWarmUp warmUp = kernels ? KernelWarmUp.begin() : KernelWarmUp.none()) {
            plan.compute().start();
            times.ended("engine");
            return plan.load();
        }
    }

    private static void generate(GenerationPlan plan, ImageGenerator generator, Console console)
            throws IOException {
        DenoisingFrames frames = new DenoisingFrames();
        try (ProgressBar progress = new ProgressBar(console, "steps", 0)) {
            GeneratedFiles files = files(plan, console, progress);
            try (LastWords interrupted =
                    LastWords.of(console, () -> "interrupted: " + written(files, plan))) {
                PrecisionAdvice.of(plan, generator).ifPresent(console::say);
                List<GeneratedImage> images =
                        generator.generate(
                                plan.request(), listener(plan, progress, frames, files, console));
                progress.close();
                files.complete();
                if (plan.attention().isPresent()) {
                    plan.attention().get().write(plan.style().text(images));
                    if (plan.output().hasNames()) {
                        console.out().println(plan.attention().get().file());
                    }
                }
                if (plan.gif().isPresent()) {
                    Map<String, String> text = plan.style().text(images);
                    frames.write(plan.gif().get(), plan.animationMagnification(), text);
                    if (plan.output().hasNames()) {
                        console.out().println(plan.gif().get());
                    }
                }
            } catch (CancellationException e) {
                return; // the process ends, and what was written has been reported
            } catch (InvalidRequestException e) {
                throw AskedRequest.refusal(e, plan.request());
            } catch (RuntimeException | Error e) {
                if (files.finished() > 0) {
                    progress.close();
                    console.say(written(files, plan));
                }
                throw e;
            }
        }
    }

    private static GeneratedFiles files(
            GenerationPlan plan, Console console, ProgressBar progress) {
        return new GeneratedFiles(
                plan.output(),
                plan.request().prompts().size(),
                plan.style(),
                console.out(),
                file -> progress.print(file.toString()));
    }

    private static String written(GeneratedFiles files, GenerationPlan plan) {
        return files.writeFinished()
                + Stream.concat(
                                plan.gif().stream(),
                                plan.attention().stream().map(AttentionSheet::file))
                        .map(file -> "; %s was not written".formatted(file))
                        .collect(Collectors.joining());
    }

    private static GenerationListener listener(
            GenerationPlan plan,
            ProgressBar progress,
            DenoisingFrames frames,
            GeneratedFiles files,
            Console console) {
        return new GenerationListener() {
            @Override
            public void noticed(String note) {
                console.say(note);
            }

            @Override
            public boolean wantsAttention() {
                return plan.attention().isPresent();
            }

            @Override
            public void attention(int firstImage, List<AttentionMap> maps) {
                plan.attention().ifPresent(sheet -> sheet.add(maps));
            }

            @Override
            public void evaluated(int images, boolean guided) {
                files.requireTime();
            }

            @Override
            public void progress(int done, int total) {
                files.requireTime();
                progress.advanceTo(done, total, "");
            }

            @Override
            public boolean wantsPreviews() {
                return plan.gif().isPresent();
            }

            @Override
            public void preview(int firstImage, int step, List<BufferedImage> pictures) {
                frames.add(step, pictures);
            }

            @Override
            public void finished(int first, List<GeneratedImage> images) {
                plan.attention().ifPresent(sheet -> sheet.generated(images));
                try {
                    files.add(first, images);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }
}
