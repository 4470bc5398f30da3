package io.zigma.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import io.zigma.backbone.BackboneSpec;
import io.zigma.backbone.Signature;
import io.zigma.backbone.dit.BlockKind;
import io.zigma.backbone.dit.DiTConfig;
import io.zigma.backbone.zigma.Positions;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.codec.CodecKind;
import io.zigma.codec.CodecReference;
import io.zigma.codec.Codecs;
import io.zigma.codec.PixelCodec;
import io.zigma.codec.SampleCodec;
import io.zigma.condition.ByClass;
import io.zigma.condition.InvalidRequestException;
import io.zigma.condition.Prompt;
import io.zigma.diffusion.BetaForm;
import io.zigma.diffusion.BetaSchedule;
import io.zigma.diffusion.Ddpm;
import io.zigma.diffusion.DdpmLoss;
import io.zigma.diffusion.DdpmMean;
import io.zigma.diffusion.DdpmVariance;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Prediction;
import io.zigma.media.PictureFormat;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.scan.Zigzag;
import io.zigma.text.FakeTextEncoder;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures made from pictures, with every kind of backbone, process, condition and sample. */
class EditTest {

    private static final int HEIGHT = 4;
    private static final int WIDTH = 6;

    private static final DiffusionProcess FLOW =
            new InterpolantProcess(InterpolantKind.LINEAR, Prediction.VELOCITY);
    private static final DiffusionProcess GVP =
            new InterpolantProcess(InterpolantKind.GVP, Prediction.VELOCITY);
    private static final DiffusionProcess DDPM =
            new Ddpm(
                    BetaSchedule.of(BetaForm.LINEAR, 1000),
                    DdpmMean.V,
                    DdpmVariance.FIXED_SMALL,
                    DdpmLoss.MSE,
                    false);

    private static final Prompt SQUARE = Prompt.ofClass("square");
    private static final Prompt CROSS = Prompt.ofClass("cross");
    private static final Prompt BLUE = Prompt.ofText("a blue crab");
    private static final Prompt RED = Prompt.ofText("a red crab");

    /**
     * A model and two prompts that it understands.
     *
     * @param name for the report
     */
    private record Model(
            String name,
            BackboneSpec spec,
            DiffusionProcess process,
            String codec,
            Prompt prompt,
            Prompt other) {

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Model> models() {
        ByClass classes = new ByClass(3, true);
        DiTConfig dit =
                new DiTConfig(
                        Signature.of(SampleShape.image(1, HEIGHT, WIDTH), classes),
                        2,
                        8,
                        2,
                        2,
                        4,
                        BlockKind.ADALN_ZERO,
                        false);
        ZigMaConfig latents =
                new ZigMaConfig(
                        HEIGHT / 2,
                        WIDTH / 2,
                        4,
                        1,
                        8,
                        2,
                        new Zigzag(8),
                        MambaConfig.PUBLISHED,
                        Positions.LEARNED,
                        NormKind.RMS,
                        1e-5,
                        0,
                        classes);
        return Stream.of(
                pixels("ZigMa, classes, flow", TinyModels.CONDITIONAL, FLOW, SQUARE, CROSS),
                pixels("ZigMa, classes, DDPM", TinyModels.CONDITIONAL, DDPM, SQUARE, CROSS),
                pixels("ZigMa, prompts, flow", TinyModels.BY_PROMPT, FLOW, BLUE, RED),
                pixels("DiT, classes, GVP", dit, GVP, SQUARE, CROSS),
                new Model("ZigMa, latents, flow", latents, FLOW, Blocks.NAME, SQUARE, CROSS));
    }

    private static Model pixels(
            String name, BackboneSpec spec, DiffusionProcess process, Prompt one, Prompt other) {
        return new Model(name, spec, process, PixelCodec.NAME, one, other);
    }

    private static Model first() {
        return models().findFirst().orElseThrow();
    }

    private final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @MethodSource("models")
    void strengthZeroGivesThePictureBack(Model model) {
        BufferedImage picture = picture(1);

        List<GeneratedImage> same =
                generate(model, request(model).withCount(2).withEdit(edit(picture, 0)));

        assertThat(same).hasSize(2);
        assertThat(levels(same.get(1))).isEqualTo(levels(picture));
    }

    @Test
    void aPictureThatComesBackIsItsOnlyPreview() {
        BufferedImage picture = picture(1);
        List<BufferedImage> seen = new ArrayList<>();
        Model model = first();
        generate(
                model,
                request(model)
                        .withEdit(edit(picture, 0))
                        .withListener(
                                new GenerationListener() {
                                    @Override
                                    public void progress(int done, int total) {}

                                    @Override
                                    public boolean wantsPreviews() {
                                        return true;
                                    }

                                    @Override
                                    public void preview(
                                            int first, int step, List<BufferedImage> pictures) {
                                        seen.addAll(pictures);
                                    }
                                }));

        assertThat(seen).hasSize(1);
        assertThat(levels(seen.get(0))).isEqualTo(levels(picture));
    }

    @ParameterizedTest
    @MethodSource("models")
    void strengthOneIsAPictureFromNoise(Model model) {
        assertThat(levels(one(model, request(model).withEdit(edit(picture(1), 1)))))
                .isEqualTo(levels(one(model, request(model))));
    }

    @ParameterizedTest
    @MethodSource("models")
    void theMoreStrengthTheLessIsLeft(Model model) {
        BufferedImage picture = picture(1);
        double little = distance(one(model, request(model).withEdit(edit(picture, 0.1))), picture);
        double much = distance(one(model, request(model).withEdit(edit(picture, 0.9))), picture);

        assertThat(little).isPositive().isLessThan(much);
    }

    @ParameterizedTest
    @MethodSource("models")
    void aPictureIsTheSameAloneAndInABatch(Model model) {
        Edit edit = Edit.inpainting(source(picture(1)), source(mask(2, 5))).withStrength(0.6);
        List<GeneratedImage> together = generate(model, request(model).withCount(3).withEdit(edit));
        GeneratedImage alone = one(model, request(model).withSeed(9).withEdit(edit));

        assertThat(levels(together.get(2))).isEqualTo(levels(alone));
        assertThat(levels(together.get(1))).isNotEqualTo(levels(alone));
    }

    @ParameterizedTest
    @MethodSource("models")
    void whatIsBlackInTheMaskStaysByteForByte(Model model) {
        BufferedImage picture = picture(1);
        BufferedImage mask = mask(2, 5);
        GeneratedImage painted =
                one(model, request(model).withEdit(Edit.inpainting(source(picture), source(mask))));

        List<Integer> before = levels(picture);
        List<Integer> after = levels(painted);
        List<Integer> white = levels(mask);
        int changed = 0;
        for (int i = 0; i < before.size(); i++) {
            if (white.get(i) == 0) {
                assertThat(after.get(i)).as("pixel %s", i).isEqualTo(before.get(i));
            } else if (!after.get(i).equals(before.get(i))) {
                changed++;
            }
        }
        assertThat(changed).as("of 12 white pixels").isGreaterThan(6);
    }

    @ParameterizedTest
    @MethodSource("models")
    void anEmptyMaskGivesThePictureBack(Model model) {
        BufferedImage picture = picture(1);
        Edit edit = Edit.inpainting(source(picture), source(mask(0, 0)));

        assertThat(levels(one(model, request(model).withEdit(edit)))).isEqualTo(levels(picture));
    }

    @ParameterizedTest
    @MethodSource("models")
    void aFullMaskIsAPictureFromNoise(Model model) {
        Edit edit = Edit.inpainting(source(picture(1)), source(mask(0, WIDTH)));

        assertThat(levels(one(model, request(model).withEdit(edit))))
                .isEqualTo(levels(one(model, request(model))));
    }

    @Test
    void whatIsPaintedDependsOnWhatStays() {
        Model model = first();
        List<List<Integer>> painted = new ArrayList<>();
        for (int seed : List.of(1, 2)) {
            Edit edit = Edit.inpainting(source(picture(seed)), source(mask(4, 6)));
            List<Integer> levels = levels(one(model, request(model).withEdit(edit)));
            painted.add(List.of(levels.get(4), levels.get(5), levels.get(10), levels.get(11)));
        }

        assertThat(painted.get(0)).isNotEqualTo(painted.get(1));
    }

    @ParameterizedTest
    @MethodSource("models")
    void marginsAreAroundAPictureThatStays(Model model) {
        BufferedImage picture = picture(1);
        GeneratedImage painted =
                one(
                        model,
                        request(model)
                                .withEdit(
                                        Edit.outpainting(
                                                source(picture), new Margins(2, 1, 1, 1))));

        // 6 × 4 pixels cropped to 3 × 2, which has the same shape
        byte[] inside = source(picture).framed(new PictureFormat(1, 2, 3)).pixels();
        List<Integer> after = levels(painted);
        for (int y = 0; y < 2; y++) {
            for (int x = 0; x < 3; x++) {
                assertThat(after.get((y + 1) * WIDTH + x + 2)).isEqualTo(inside[y * 3 + x] & 0xff);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void anInversionWithWhatThePictureShowsGivesItBack(Model model) {
        BufferedImage picture = picture(1);
        GeneratedImage again =
                one(
                        model,
                        request(model)
                                .withSteps(100)
                                .withEdit(Edit.inversion(source(picture), model.prompt())));
        GeneratedImage another =
                one(
                        model,
                        request(model)
                                .withSteps(100)
                                .withPrompts(List.of(model.other()))
                                .withEdit(Edit.inversion(source(picture), model.prompt())));

        // a level in 255 on the average
        assertThat(distance(again, picture)).isLessThan(1);
        assertThat(levels(another)).isNotEqualTo(levels(again));
    }

    @Test
    void anInversionReportsItsStepsToo() {
        List<String> seen = new ArrayList<>();
        Model model = first();
        generate(
                model,
                request(model)
                        .withSteps(2)
                        .withCount(2)
                        .withBatchSize(1)
                        .withEdit(Edit.inversion(source(picture(1)), model.prompt()))
                        .withListener((done, total) -> seen.add(done + "/" + total)));

        assertThat(seen).containsExactly("1/8", "2/8", "3/8", "4/8", "5/8", "6/8", "7/8", "8/8");
    }

    @Test
    void anInversionCanBeCancelled() {
        Model model = first();
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(
                        () ->
                                generate(
                                        model,
                                        request(model)
                                                .withEdit(
                                                        Edit.inversion(
                                                                source(picture(1)), model.prompt()))
                                                .withListener(
                                                        (done, total) -> {
                                                            throw new CancellationException();
                                                        })));
    }

    @ParameterizedTest
    @MethodSource("models")
    void variationStrengthZeroIsTheSeedItself(Model model) {
        GenerationRequest request = request(model).withSampler("euler", 4);

        assertThat(levels(one(model, request.withNoise(new NoiseChoice.Variations(30, 0)))))
                .isEqualTo(levels(one(model, request)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"heun", "sde-euler", "ancestral", "ddim", "dpm++"})
    void aVariationIsNearTheSeedAndTheSameAloneAndInABatch(String sampler) {
        Model model = first();
        GenerationRequest request = request(model).withSampler(sampler, 6);
        GeneratedImage seed = one(model, request);
        List<GeneratedImage> varied =
                generate(
                        model,
                        request.withCount(3).withNoise(new NoiseChoice.Variations(30, 0.05)));
        GeneratedImage last = one(model, request.withNoise(new NoiseChoice.Variations(32, 0.05)));
        GeneratedImage far = one(model, request.withNoise(new NoiseChoice.Variations(32, 1)));

        assertThat(levels(varied.get(2))).isEqualTo(levels(last));
        assertThat(varied.stream().map(EditTest::levels).distinct()).hasSize(3);
        assertThat(distance(last, seed.picture()))
                .isPositive()
                .isLessThan(distance(far, seed.picture()));
    }

    @ParameterizedTest
    @MethodSource("models")
    void theEndsOfAnInterpolationAreTheTwoPictures(Model model) {
        GenerationRequest request = request(model).withGuidanceScale(1.5);
        List<GeneratedImage> frames =
                generate(
                        model,
                        request.withCount(5)
                                .withNoise(new NoiseChoice.Interpolation(90L, model.other())));

        assertThat(levels(frames.get(0))).isEqualTo(levels(one(model, request)));
        assertThat(levels(frames.get(4)))
                .isEqualTo(
                        levels(
                                one(
                                        model,
                                        request.withSeed(90).withPrompts(List.of(model.other())))));
        assertThat(frames.stream().map(EditTest::levels).distinct()).hasSize(5);
        GeneratedImage alone =
                one(
                        model,
                        request.withNoise(
                                new NoiseChoice.Interpolation(90L, model.other(), 0.25, 0.25)));
        assertThat(levels(alone)).isEqualTo(levels(frames.get(1)));
    }

    @ParameterizedTest
    @MethodSource("models")
    void everyRecipeMakesItsPictureAgain(Model model) {
        SourcePicture picture = source(picture(1));
        SourcePicture mask = source(mask(2, 5));
        GenerationRequest request =
                request(model).withCount(2).withSampler("dpm++", 5).withGuidanceScale(2.5);
        List<GenerationRequest> all =
                List.of(
                        request,
                        request.withEdit(Edit.of(picture, 0.55)),
                        request.withEdit(Edit.inpainting(picture, mask).withStrength(0.9)),
                        request.withEdit(Edit.outpainting(picture, new Margins(1, 0, 2, 1))),
                        request.withEdit(Edit.inversion(picture, model.other())),
                        request.withNoise(new NoiseChoice.Variations(77, 0.4)),
                        request.withNoise(new NoiseChoice.Variations(77, 0.4))
                                .withEdit(Edit.of(picture, 0.55)),
                        request.withNoise(new NoiseChoice.Interpolation(9L, null)),
                        request.withNoise(new NoiseChoice.Interpolation(null, model.other())));
        for (GenerationRequest asked : all) {
            List<GeneratedImage> made = generate(model, asked);
            SourcePicture source = asked.edit() == null ? null : picture;
            SourcePicture part = asked.edit() == null || asked.edit().mask() == null ? null : mask;
            for (GeneratedImage image : made) {
                GenerationRequest again =
                        new RecipeReading(image.recipe().fields()).request(source, part);
                assertThat(levels(one(model, again)))
                        .as("%s", image.recipe().fields())
                        .isEqualTo(levels(image));
                assertThat(one(model, again).recipe()).isEqualTo(image.recipe());
            }
            GenerationRequest both = new RecipeReading(Recipe.together(made)).request(source, part);
            assertThat(generate(model, both).stream().map(EditTest::levels))
                    .as("%s", Recipe.together(made))
                    .isEqualTo(made.stream().map(EditTest::levels).toList());
        }
    }

    @Test
    void aRecipeNamesPictureAndMaskByHash() {
        Model model = first();
        SourcePicture picture = source(picture(1));
        SourcePicture mask = source(mask(2, 5));

        assertThat(
                        one(model, request(model).withEdit(Edit.inpainting(picture, mask)))
                                .recipe()
                                .fields())
                .containsEntry("source_sha256", picture.sha256())
                .containsEntry("mask_sha256", mask.sha256())
                .containsEntry("strength", "1");
    }

    @Test
    void aRecipeIsNotMadeAgainFromAnotherPictureMaskOrModel() {
        Model model = first();
        SourcePicture picture = source(picture(1));
        SourcePicture mask = source(mask(2, 5));
        RecipeReading recipe =
                new RecipeReading(
                        one(model, request(model).withEdit(Edit.inpainting(picture, mask)))
                                .recipe()
                                .fields());

        refused(() -> recipe.request(source(picture(2)), mask), "not the recipe's picture");
        refused(() -> recipe.request(picture, source(mask(1, 5))), "not the recipe's mask");
        refused(() -> recipe.request(null, mask), "needs its picture");
        refused(() -> recipe.request(picture, null), "needs its mask");
        refused(() -> recipe.requireModel("other", "00"), "not the recipe's model");
        refused(() -> new RecipeReading(Map.of("seed", "7")), "no recipe");
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() {
        Model model = first();
        SourcePicture picture = source(picture(1));
        Edit inversion = Edit.inversion(picture, model.prompt());
        refused(() -> Edit.of(picture, 1.01), "strength");
        refused(() -> Edit.of(picture, Double.NaN), "strength");
        refused(() -> inversion.withStrength(0.5), "inversion");
        refused(() -> new NoiseChoice.Variations(1, -0.1), "variation strength");
        refused(() -> new NoiseChoice.Interpolation(null, null), "another seed");
        refused(() -> Margins.parse("1,2,3"), "LEFT,TOP,RIGHT,BOTTOM");
        refused(() -> Margins.parse("0,0,0,0"), "above 0");
        refused(() -> Margins.parse("-1,0,0,3"), "at least 0");
        refused(
                () ->
                        request(model)
                                .withNoise(new NoiseChoice.Variations(3, 0.2))
                                .withEdit(inversion),
                "no other noise");
        refused(
                () ->
                        generate(
                                model,
                                request(model).withSampler("sde-euler", 9).withEdit(inversion)),
                "adds noise in its steps");
        refused(
                () ->
                        generate(
                                model,
                                request(model)
                                        .withEdit(
                                                Edit.outpainting(
                                                        picture, new Margins(3, 0, 3, 0)))),
                "leave nothing");
        refused(
                () ->
                        generate(
                                model,
                                request(model)
                                        .withSampler("sde-euler", 9)
                                        .withEdit(Edit.of(picture, 0.01))),
                "strength is too little");
        refused(
                () ->
                        generate(
                                model,
                                request(model)
                                        .withEdit(
                                                Edit.of(
                                                        SourcePicture.of(
                                                                "notes.txt", new byte[] {1, 2}),
                                                        0.5))),
                "notes.txt: not a picture");
        refused(
                () ->
                        generate(
                                model,
                                request(model)
                                        .withEdit(
                                                Edit.inpainting(
                                                        picture,
                                                        source(
                                                                new BufferedImage(
                                                                        5,
                                                                        5,
                                                                        BufferedImage
                                                                                .TYPE_BYTE_GRAY))))),
                "5×5 pixels");
        refused(
                () ->
                        generate(
                                pixels("", TinyModels.VIDEO, FLOW, Prompt.any(), Prompt.any()),
                                request(model)
                                        .withPrompts(List.of(Prompt.any()))
                                        .withEdit(Edit.of(picture, 0.5))),
                "makes videos");
    }

    private static void refused(Runnable request, String why) {
        assertThatExceptionOfType(InvalidRequestException.class)
                .isThrownBy(request::run)
                .withMessageContaining(why);
    }

    private static GenerationRequest request(Model model) {
        return GenerationRequest.any()
                .withPrompts(List.of(model.prompt()))
                .withSeed(7)
                .withSampler("heun", 4);
    }

    private GeneratedImage one(Model model, GenerationRequest request) {
        return generate(model, request).get(0);
    }

    private List<GeneratedImage> generate(Model model, GenerationRequest request) {
        if (Codecs.REGISTRY.find(Blocks.NAME).isEmpty()) {
            Codecs.REGISTRY.register(new Blocks.Kind());
        }
        boolean classes = model.spec().conditioning() instanceof ByClass;
        CheckpointConfig config =
                new CheckpointConfig(
                        model.spec(),
                        model.process(),
                        classes ? List.of("circle", "square", "cross") : List.of(),
                        Optional.of(CodecReference.withoutWeights(model.codec())),
                        model.prompt().isText()
                                ? Optional.of(FakeTextEncoder.FAKE)
                                : Optional.empty(),
                        CheckpointConfig.SamplingDefaults.PLAIN,
                        new JsonObject(),
                        new JsonObject());
        try (ImageGenerator generator =
                ImageGenerator.over(
                        TinyCheckpoints.model(model.spec(), 4, manager),
                        config,
                        "tiny",
                        "aa",
                        TextEncoderSource.NAMED,
                        CodecSource.NAMED,
                        manager)) {
            return generator.generate(request);
        }
    }

    private static Edit edit(BufferedImage picture, double strength) {
        return Edit.of(source(picture), strength);
    }

    private static SourcePicture source(BufferedImage picture) {
        return SourcePicture.of(picture);
    }

    private static BufferedImage picture(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            picture.getRaster().setSample(i % WIDTH, i / WIDTH, 0, random.nextInt(256));
        }
        return picture;
    }

    /** White in these columns. */
    private static BufferedImage mask(int from, int to) {
        BufferedImage mask = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = from; x < to; x++) {
                mask.getRaster().setSample(x, y, 0, 255);
            }
        }
        return mask;
    }

    private static List<Integer> levels(GeneratedImage image) {
        return levels(image.picture());
    }

    private static List<Integer> levels(BufferedImage picture) {
        return Arrays.stream(
                        picture.getRaster()
                                .getSamples(
                                        0,
                                        0,
                                        picture.getWidth(),
                                        picture.getHeight(),
                                        0,
                                        (int[]) null))
                .boxed()
                .toList();
    }

    private static double distance(GeneratedImage image, BufferedImage picture) {
        List<Integer> here = levels(image);
        List<Integer> there = levels(picture);
        double sum = 0;
        for (int i = 0; i < here.size(); i++) {
            sum += Math.abs(here.get(i) - there.get(i));
        }
        return sum / here.size();
    }

    /** Latents of four channels for each 2 × 2 grey pixels, half as large. */
    private static final class Blocks implements SampleCodec {

        static final String NAME = "blocks of the edit test";

        /** Its entry in the registry. */
        static final class Kind implements CodecKind {

            @Override
            public String name() {
                return NAME;
            }

            @Override
            public Optional<SampleCodec> withoutWeights() {
                return Optional.of(new Blocks());
            }
        }

        @Override
        public NDArray encode(NDArray pixels) {
            long count = pixels.size(0);
            return pixels.reshape(count, HEIGHT / 2, 2, WIDTH / 2, 2)
                    .transpose(0, 2, 4, 1, 3)
                    .reshape(count, 4, HEIGHT / 2, WIDTH / 2)
                    .mul(0.5);
        }

        @Override
        public NDArray decode(NDArray sample) {
            long count = sample.size(0);
            return sample.reshape(count, 2, 2, HEIGHT / 2, WIDTH / 2)
                    .transpose(0, 3, 1, 4, 2)
                    .reshape(count, 1, HEIGHT, WIDTH)
                    .mul(2);
        }

        @Override
        public SampleShape sampleOf(SampleShape pixels) {
            return SampleShape.image(4, pixels.height() / 2, pixels.width() / 2);
        }

        @Override
        public SampleShape pixelsOf(SampleShape sample) {
            return SampleShape.image(1, sample.height() * 2, sample.width() * 2);
        }

        @Override
        public void close() {}
    }
}
