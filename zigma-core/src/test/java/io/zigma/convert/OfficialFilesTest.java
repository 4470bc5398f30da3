package io.zigma.convert;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.zigma.backbone.BackboneKind;
import io.zigma.backbone.BackboneSpec;
import io.zigma.backbone.Signature;
import io.zigma.backbone.adm.AdmClassifierConfig;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.Backbones;
import io.zigma.codec.Autoencoder;
import io.zigma.codec.AutoencoderConfig;
import io.zigma.convert.OfficialFiles.AdmFlags;
import io.zigma.convert.OfficialFiles.Condition;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Published files, by their names and shapes: the tables are right, and they are recognised. */
class OfficialFilesTest {

    @ParameterizedTest
    @EnumSource(Published.class)
    void aTableHasAsManyNumbersAsItsPaperReports(Published published) {
        OfficialFile file = published.full();
        // DiT's positions are not trained and not counted
        long fixed =
                published.kind().equals("dit")
                        ? Arrays.stream(file.shapes().get("pos_embed")).reduce(1, (a, b) -> a * b)
                        : 0;
        assertThat(Math.round((file.elements() - fixed) / 1e6)).isEqualTo(published.millions());
    }

    @ParameterizedTest
    @EnumSource(Published.Classifier.class)
    void aClassifiersTableHasAsManyNumbersAsItsPaperReports(Published.Classifier published) {
        assertThat(Math.round(published.full().elements() / 1e6)).isEqualTo(published.millions());
    }

    @ParameterizedTest
    @EnumSource(Published.Upsampler.class)
    void anUpsamplersTableHasAsManyNumbersAsItsPaperReports(Published.Upsampler published) {
        assertThat(Math.round(published.full().elements() / 1e6)).isEqualTo(published.millions());
    }

    @Test
    void theAutoencodersTableHasAsManyNumbersAsItIsKnownToHave() {
        assertThat(OfficialFiles.autoencoder(128).elements()).isEqualTo(83_653_863);
    }

    @ParameterizedTest
    @EnumSource(Published.class)
    void aPublishedFileIsRecognisedByItsNamesAndShapesAlone(Published published) {
        List<BackboneSpec> found = inferred(published.full().shapes(), published::outputs);

        assertThat(found).hasSize(1);
        assertThat(found.get(0).kind().name()).isEqualTo(published.kind());
        published
                .preset()
                .ifPresent(
                        preset ->
                                assertThat(found.get(0))
                                        .isEqualTo(
                                                Backbones.REGISTRY
                                                        .get(published.kind())
                                                        .preset(preset)));
    }

    @Test
    void theModelOf512PixelsIsThatOf256WithLargerLatents() {
        Published published = Published.DIT_XL_2_512;
        BackboneSpec found = inferred(published.full().shapes(), published::outputs).get(0);
        BackboneSpec small = Backbones.REGISTRY.get("dit").preset("xl-2");
        Signature signature = small.signature();
        assertThat(found)
                .isEqualTo(
                        small.with(
                                new Signature(
                                        SampleShape.image(4, 64, 64),
                                        signature.outputChannels(),
                                        signature.conditioning(),
                                        signature.timeScale())));
    }

    @ParameterizedTest
    @EnumSource(Published.Classifier.class)
    void aPublishedClassifierIsRecognisedAndIsNoModel(Published.Classifier published) {
        Map<String, long[]> shapes = published.full().shapes();
        assertThat(AdmClassifierConfig.infer(shapes))
                .isEqualTo(AdmClassifierConfig.published(published.side(), 1000))
                .isPresent();
        assertThat(inferred(shapes, channels -> 2 * channels)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Published.Upsampler.class)
    void anUpsamplerIsNamedAndNotTakenForAModel(Published.Upsampler published) {
        Map<String, long[]> shapes = published.full().shapes();
        assertThat(inferred(shapes, channels -> 2 * channels)).isEmpty();
        assertThat(
                        Backbones.REGISTRY.all().stream()
                                .map(kind -> kind.unsupported(shapes))
                                .flatMap(Optional::stream))
                .singleElement()
                .asString()
                .contains("upsampler");
    }

    @ParameterizedTest
    @EnumSource(Published.class)
    void aModelThatIsSupportedIsNotCalledUnsupported(Published published) {
        for (BackboneKind<?> kind : Backbones.REGISTRY.all()) {
            assertThat(kind.unsupported(published.full().shapes())).isEmpty();
        }
    }

    @Test
    void theAutoencoderHasThePublishedShape() {
        AutoencoderConfig published =
                new AutoencoderConfig(
                        3,
                        4,
                        4,
                        128,
                        List.of(128, 256, 512, 512),
                        2,
                        List.of(),
                        true,
                        32,
                        1e-6,
                        true,
                        true,
                        0.18215,
                        0);
        long elements =
                new Autoencoder(published)
                        .namedParameters().values().stream()
                                .mapToLong(parameter -> parameter.getShape().size())
                                .sum();
        assertThat(OfficialFiles.autoencoder(128).elements()).isEqualTo(elements);
    }

    private static List<BackboneSpec> inferred(
            Map<String, long[]> shapes, Function<Integer, Integer> outputs) {
        return Backbones.REGISTRY.all().stream()
                .<BackboneSpec>flatMap(kind -> kind.infer(shapes, outputs::apply).stream())
                .toList();
    }

    static Stream<Fixture> fixtures() {
        return Stream.of("dit", "sit", "uvit", "adm_unet", "adm_classifier")
                .flatMap(Golden::fixtures)
                .filter(fixture -> !fixture.names("param.").isEmpty());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    @Tag("golden")
    void aTableHasTheNamesAndShapesOfTheOfficialProgram(Fixture fixture) {
        Optional<OfficialFile> file = file(fixture);
        Assumptions.assumeTrue(file.isPresent(), "a variant that no published file has");
        Map<String, List<Long>> official =
                fixture.names("param.").stream()
                        .collect(
                                Collectors.toMap(
                                        name -> name.substring("param.".length()),
                                        name -> sides(fixture.shape(name))));
        Map<String, List<Long>> ours =
                file.get().shapes().entrySet().stream()
                        .collect(
                                Collectors.toMap(
                                        Map.Entry::getKey, entry -> sides(entry.getValue())));
        assertThat(ours).isEqualTo(official);
    }

    private static List<Long> sides(long[] shape) {
        return Arrays.stream(shape).boxed().toList();
    }

    private static Optional<OfficialFile> file(Fixture fixture) {
        JsonObject json = fixture.config();
        String name = fixture.name();
        if (json.has("hidden_size")) {
            if (fixture.shape("param.y_embedder.embedding_table.weight")[0]
                    == number(json, "num_classes")) {
                return Optional.empty(); // without the null class
            }
            return Optional.of(
                    OfficialFiles.dit(
                            number(json, "input_size"),
                            number(json, "patch_size"),
                            number(json, "hidden_size"),
                            number(json, "depth"),
                            number(json, "num_classes"),
                            number(json, "in_channels"),
                            json.get("learn_sigma").getAsBoolean()));
        }
        if (json.has("embed_dim")) {
            boolean plain =
                    json.get("skip").getAsBoolean()
                            && !json.get("qkv_bias").getAsBoolean()
                            && !json.get("mlp_time_embed").getAsBoolean();
            return plain
                    ? Optional.of(
                            OfficialFiles.uvit(
                                    number(json, "img_size"),
                                    number(json, "patch_size"),
                                    number(json, "in_chans"),
                                    number(json, "embed_dim"),
                                    number(json, "depth"),
                                    new Condition(
                                            Math.max(0, number(json, "num_classes")),
                                            number(json, "clip_dim"),
                                            number(json, "num_clip_token")),
                                    json.get("conv").getAsBoolean()))
                    : Optional.empty();
        }
        int side = number(json, "image_size");
        AdmFlags flags =
                new AdmFlags(
                        side,
                        number(json, "model_channels"),
                        number(json, "num_res_blocks"),
                        rates(json).map(rate -> side / rate).mapToInt(at -> at).toArray(),
                        json.getAsJsonArray("channel_mult").asList().stream()
                                .mapToDouble(multiplier -> multiplier.getAsDouble())
                                .toArray());
        boolean published =
                json.get("resblock_updown").getAsBoolean()
                        && json.get("use_scale_shift_norm").getAsBoolean();
        if (name.startsWith("adm_classifier")) {
            return published && json.get("pool").getAsString().equals("attention")
                    ? Optional.of(OfficialFiles.admClassifier(flags, number(json, "out_channels")))
                    : Optional.empty();
        }
        return published && number(json, "out_channels") == 6
                ? Optional.of(
                        OfficialFiles.adm(
                                flags, number(json, "in_channels"), number(json, "num_classes")))
                : Optional.empty();
    }

    private static Stream<Integer> rates(JsonObject json) {
        return json.getAsJsonArray("attention_resolutions").asList().stream()
                .map(rate -> rate.getAsInt());
    }

    /** A number, 0 where there is none. */
    private static int number(JsonObject json, String name) {
        return json.has(name) && !json.get(name).isJsonNull() ? json.get(name).getAsInt() : 0;
    }
}
