package io.zigma.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.backbone.BackboneKind;
import io.zigma.backbone.OfficialArguments;
import io.zigma.backbone.Signature;
import io.zigma.backbone.dit.DiTConfig;
import io.zigma.backbone.dit.DiTKind;
import io.zigma.backbone.zigma.Positions;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.backbone.zigma.ZigMaKind;
import io.zigma.base.SampleShape;
import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.condition.ByClass;
import io.zigma.condition.ByText;
import io.zigma.condition.Unconditional;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.Prediction;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.scan.Bidirectional;
import io.zigma.scan.Factorised;
import io.zigma.scan.Fidelity;
import io.zigma.scan.Hilbert;
import io.zigma.scan.ScanScheme;
import io.zigma.scan.Sweep;
import io.zigma.scan.Zigzag;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TorchArgumentsTest {

    private static final Map<String, Object> LEAST =
            Map.of(
                    "in_channels",
                    4,
                    "embed_dim",
                    16,
                    "depth",
                    2,
                    "img_dim",
                    8,
                    "scan_type",
                    "zigzagN8");

    @Test
    void whatIsNotGivenHasTheOfficialDefault() throws IOException {
        ZigMaConfig model = model(LEAST);
        assertThat(model.sample().height()).isEqualTo(8);
        assertThat(model.sample().width()).isEqualTo(8);
        assertThat(model.sample().channels()).isEqualTo(4);
        assertThat(model.patchSize()).isEqualTo(1);
        assertThat(model.hiddenSize()).isEqualTo(16);
        assertThat(model.depth()).isEqualTo(2);
        assertThat(model.scan()).isEqualTo(new Zigzag(8));
        assertThat(model.positions()).isEqualTo(Positions.NONE);
        assertThat(model.norm()).isEqualTo(NormKind.RMS);
        assertThat(model.normEpsilon()).isEqualTo(1e-5);
        assertThat(model.dropPath()).isEqualTo(0.1);
        assertThat(model.conditioning()).isEqualTo(new Unconditional());
        assertThat(mamba(model).dtRank(16)).isEqualTo(1);
    }

    @Test
    void givenValuesAreUsed() throws IOException {
        ZigMaConfig model =
                model(
                        with(
                                "patch_size", 2,
                                "num_classes", 7,
                                "use_pe", 2,
                                "rms_norm", false,
                                "norm_epsilon", "1e-6",
                                "drop_path_rate", 0,
                                "ssm_cfg", Map.of("d_state", 8, "dt_rank", "auto", "bias", true)));
        assertThat(model.patchSize()).isEqualTo(2);
        assertThat(model.conditioning()).isEqualTo(new ByClass(7, false));
        assertThat(model.positions()).isEqualTo(Positions.LEARNED);
        assertThat(model.norm()).isEqualTo(NormKind.LAYER);
        assertThat(model.normEpsilon()).isEqualTo(1e-6);
        assertThat(model.dropPath()).isZero();
        assertThat(mamba(model).stateSize()).isEqualTo(8);
        assertThat(mamba(model).projectionBias()).isTrue();
    }

    @Test
    void aTextGoesBeforeClasses() throws IOException {
        ZigMaConfig model =
                model(
                        with(
                                "has_text", true,
                                "d_context", 768,
                                "n_context_token", 77,
                                "num_classes", 3));
        assertThat(model.conditioning()).isEqualTo(new ByText(768, 77));
    }

    @Test
    void aReferenceHasTheValueOfTheArgumentItNames() throws IOException {
        Map<String, Object> tree =
                Map.of(
                        "data", Map.of("video_frames", 0, "image", "${data.side}", "side", 8),
                        "model",
                                Map.of(
                                        "params",
                                        with(
                                                "video_frames",
                                                "${data.video_frames}",
                                                "img_dim",
                                                "${data.image}")));
        assertThat(arguments(tree).model().orElseThrow().sample().height()).isEqualTo(8);
    }

    @Test
    void referencesInACircleAreRefused() throws IOException {
        TorchArguments arguments =
                arguments(Map.of("train", Map.of("path_type", "${train.path_type}")));
        assertThatThrownBy(arguments::interpolant).hasMessageContaining("refers to itself");
    }

    @Test
    void pathAndPredictionAreRead() throws IOException {
        TorchArguments arguments =
                arguments(Map.of("train", Map.of("path_type", "GVP", "prediction", "noise")));
        assertThat(arguments.interpolant()).contains(InterpolantKind.GVP);
        assertThat(arguments.prediction()).contains(Prediction.NOISE);
        assertThat(arguments.model()).isEmpty();
    }

    @Test
    void anUnknownPathIsRefused() throws IOException {
        TorchArguments arguments = arguments(Map.of("train", Map.of("path_type", "Bent")));
        assertThatThrownBy(arguments::interpolant)
                .isInstanceOf(TorchException.class)
                .hasMessageContainingAll("a.pt: train.path_type", "Bent", "linear, gvp, vp");
    }

    static List<Arguments> refused() {
        return List.of(
                Arguments.of("has_text", true, "the arguments lack model.params.d_context"),
                Arguments.of("video_frames", 16, "'zigzagN8' is a path of one frame"),
                Arguments.of("video_frames", -1, "video_frames is -1, not 0"),
                Arguments.of("video_frames", 5000, "video_frames is 5000, not 0"),
                Arguments.of("tpe", true, "tpe is for videos"),
                Arguments.of("scan_type", "hilbertN9", "1 to 8 symmetries"),
                Arguments.of("scan_type", "zigzagN0", "'zigzagN0' is none of v1, v2"),
                Arguments.of("scan_type", "zzvideo_sst", "runs through the frames of a video"),
                Arguments.of("scan_type", "randomN4", "'randomN4' cannot be reproduced"),
                Arguments.of("scan_type", "parallelN8", "'parallelN8' stops the official"),
                Arguments.of("use_pe", 4, "use_pe is 4"),
                Arguments.of("depth", -1, "depth is -1"),
                Arguments.of("depth", 1 << 30, "depth is 1073741824"),
                Arguments.of("depth", 1L << 40, "depth is no whole number"),
                Arguments.of("depth", "two", "depth is no whole number"),
                Arguments.of("img_dim", null, "the arguments lack model.params.img_dim"),
                Arguments.of("img_dim", 4096, "more than 1048576 tokens"),
                Arguments.of("patch_size", 3, "3-pixel patches"),
                Arguments.of("rms_norm", 1, "rms_norm is neither true nor false"),
                Arguments.of("norm_epsilon", "small", "'small', not a number"),
                Arguments.of("width", 3, "argument 'model.params.width' is unknown"),
                Arguments.of("ssm_cfg", Map.of("x", 1), "'model.params.ssm_cfg.x' is unknown"));
    }

    @ParameterizedTest(name = "{0} = {1}")
    @MethodSource("refused")
    void whatCannotBeMeantOrRunIsRefusedByName(String name, @Nullable Object value, String message)
            throws IOException {
        Map<String, Object> params = new LinkedHashMap<>(LEAST);
        params.put(name, value);
        TorchArguments arguments = arguments(Map.of("model", Map.of("params", params)));
        assertThatThrownBy(arguments::model)
                .isInstanceOf(TorchException.class)
                .hasMessageStartingWith("a.pt: ")
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    static List<Arguments> scans() {
        return List.of(
                Arguments.of("v1", 0, new Sweep()),
                Arguments.of("v2", 0, new Bidirectional()),
                Arguments.of("v2", 16, new Bidirectional()),
                Arguments.of("zigzagN5", 0, new Zigzag(5)),
                Arguments.of("hilbertN2", 0, new Hilbert(2, Fidelity.COMPATIBLE)),
                Arguments.of("zzvideo_sst", 16, Factorised.of("sst", Fidelity.COMPATIBLE)),
                Arguments.of("video_st", 4, Factorised.of("st", Fidelity.COMPATIBLE)));
    }

    @ParameterizedTest(name = "{0} on {1} frames")
    @MethodSource("scans")
    void everyScanThatWeightsCanBeTrainedWithIsKnown(String type, int frames, ScanScheme scheme)
            throws IOException {
        assertThat(model(with("scan_type", type, "video_frames", frames)).scan()).isEqualTo(scheme);
    }

    @Test
    void theOfficialDefaultScanIsBidirectional() throws IOException {
        Map<String, Object> params = new LinkedHashMap<>(LEAST);
        params.remove("scan_type");
        assertThat(model(params).scan()).isEqualTo(new Bidirectional());
    }

    @Test
    void framesMakeAModelOfVideos() throws IOException {
        ZigMaConfig model = model(with("scan_type", "v2", "video_frames", 5, "tpe", true));
        assertThat(model.sample()).isEqualTo(SampleShape.video(5, 4, 8, 8));
        assertThat(model.temporalPositions()).isTrue();
    }

    @Test
    void anotherModelIsRefusedByItsName() throws IOException {
        TorchArguments arguments =
                arguments(Map.of("model", Map.of("target", "dit.DiT", "params", LEAST)));
        assertThatThrownBy(arguments::model)
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("a.pt: the arguments are of a 'dit.DiT', which none of zigma")
                .hasMessageContaining("reads");
    }

    @Test
    void anArchitectureReadsTheArgumentsOfItsOwnProgram() throws IOException {
        TorchArguments arguments =
                arguments(Map.of("net", "small-3", "model", Map.of("target", "other.Small")));
        assertThat(arguments.model(List.of(ZigMaKind.INSTANCE, new SmallKind())))
                .contains(SmallKind.of(3));
        assertThat(arguments(Map.of("net", "large-3")).model(List.of(new SmallKind()))).isEmpty();
    }

    /** A program that names its model by one argument. */
    private static final class SmallKind implements BackboneKind<DiTConfig> {

        static DiTConfig of(int depth) {
            DiTConfig small = DiTKind.INSTANCE.small();
            return DiTKind.INSTANCE.change(
                    small, small.signature(), Map.of("depth", Integer.toString(depth)));
        }

        @Override
        public Optional<DiTConfig> infer(OfficialArguments official) throws IOException {
            return official.text("net")
                    .filter(net -> net.startsWith("small-"))
                    .map(net -> of(Integer.parseInt(net.substring("small-".length()))));
        }

        @Override
        public String name() {
            return "small";
        }

        @Override
        public Class<DiTConfig> specType() {
            return DiTConfig.class;
        }

        @Override
        public String description() {
            return DiTKind.INSTANCE.description();
        }

        @Override
        public DiTConfig read(Fields json, Signature signature) throws CheckpointException {
            return DiTKind.INSTANCE.read(json, signature);
        }

        @Override
        public Map<String, DiTConfig> presets() {
            return Map.of();
        }

        @Override
        public DiTConfig small() {
            return of(1);
        }

        @Override
        public List<Setting> settings() {
            return List.of();
        }

        @Override
        public DiTConfig change(DiTConfig base, Signature signature, Settings values) {
            return base;
        }
    }

    @Test
    void argumentsWithoutAModelAreNoModels() throws IOException {
        assertThat(arguments(Map.of("model", "DiT-XL/2", "image_size", 256)).model()).isEmpty();
    }

    private static ZigMaConfig model(Map<String, Object> params) throws IOException {
        return (ZigMaConfig)
                arguments(Map.of("model", Map.of("params", params))).model().orElseThrow();
    }

    private static Map<String, Object> with(Object... namesAndValues) {
        Map<String, Object> params = new LinkedHashMap<>(LEAST);
        List<Object> list = Arrays.asList(namesAndValues);
        for (int i = 0; i < list.size(); i += 2) {
            params.put((String) list.get(i), list.get(i + 1));
        }
        return params;
    }

    private static TorchArguments arguments(Map<String, Object> tree) throws IOException {
        byte[] pickle = PickleBytes.of(tree);
        PickleValue root =
                new PickleReader(
                                new PickleInput(
                                        "a.pt", new ByteArrayInputStream(pickle), pickle.length))
                        .read();
        return new TorchArguments(Path.of("a.pt"), root);
    }

    private static MambaConfig mamba(ZigMaConfig model) {
        return model.mixer().mamba().orElseThrow();
    }
}
