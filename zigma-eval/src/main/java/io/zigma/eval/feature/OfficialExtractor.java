package io.zigma.eval.feature;

import ai.djl.Device;
import io.zigma.convert.StateDict;
import io.zigma.io.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The networks that the literature measures with. None is shipped: their weights are for the user
 * to get, under their own licences.
 */
public enum OfficialExtractor {
    /** For Fréchet Inception distance, kernel distance and Inception Score. */
    INCEPTION_V3(
            "inception-v3",
            "pt_inception-2015-12-05-6726825d.pth",
            "the release 'fid_weights' of https://github.com/mseitzer/pytorch-fid"),
    /** DINOv2's small model. */
    DINOV2_VITS14("dinov2-vits14", "dinov2_vits14_pretrain.pth", OfficialExtractor.DINOV2),
    /** DINOv2's base model. */
    DINOV2_VITB14("dinov2-vitb14", "dinov2_vitb14_pretrain.pth", OfficialExtractor.DINOV2),
    /** DINOv2's large model, which Stein et al. 2023 recommend. */
    DINOV2_VITL14("dinov2-vitl14", "dinov2_vitl14_pretrain.pth", OfficialExtractor.DINOV2),
    /** For Fréchet video distance: the one network here that takes clips. */
    I3D(
            "i3d",
            "i3d_pretrained_400.pt",
            "the folder tats/fvd of https://github.com/SongweiGe/TATS, or i3d_torchscript.pt of https://github.com/universome/stylegan-v");

    private static final String DINOV2 =
            "the table of pretrained models of https://github.com/facebookresearch/dinov2";

    private final String label;
    private final String fileName;
    private final String page;

    OfficialExtractor(String label, String fileName, String page) {
        this.label = label;
        this.fileName = fileName;
        this.page = page;
    }

    /**
     * Returns the names of all.
     *
     * @return as on the command line
     */
    public static List<String> labels() {
        return labels(extractor -> true);
    }

    /**
     * Returns the names of some.
     *
     * @param which of them
     * @return as on the command line
     */
    public static List<String> labels(Predicate<OfficialExtractor> which) {
        return Arrays.stream(values()).filter(which).map(OfficialExtractor::label).toList();
    }

    /**
     * Finds a network by its name.
     *
     * @param label as on the command line
     * @return the network, or empty if there is none of that name
     */
    public static Optional<OfficialExtractor> named(String label) {
        return Arrays.stream(values()).filter(one -> one.label.equals(label)).findFirst();
    }

    /**
     * Reads the network of a file, recognised by its tensors.
     *
     * @param file weights in an official file or as safetensors
     * @param device where to compute
     * @return the network, to be closed
     * @throws IOException if the file is missing, damaged or of a network that is not among these
     */
    public static FeatureExtractor open(Path file, Device device) throws IOException {
        return kind(file).opener.open(file, device);
    }

    /**
     * Returns whether the network of a file takes clips, and not pictures.
     *
     * @param file weights in an official file or as safetensors
     * @return true for {@link #I3D}
     * @throws IOException as {@link #open} does
     */
    public static boolean takesClips(Path file) throws IOException {
        return kind(file) == Kind.I3D;
    }

    private static Kind kind(Path file) throws IOException {
        try (StateDict weights = StateDict.open(file)) {
            return Arrays.stream(Kind.values())
                    .filter(kind -> kind.tensors.stream().anyMatch(weights.names()::contains))
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    new CheckpointException(
                                            "%s holds no network that this program takes features of (%s)"
                                                    .formatted(file, String.join(", ", labels()))));
        }
    }

    /** The networks by their tensors. */
    private enum Kind {
        INCEPTION(InceptionV3::open, "Conv2d_1a_3x3.conv.weight"),
        DINO(DinoV2::open, "cls_token"),
        I3D(I3d::open, I3dNames.PYTORCH_I3D.first(), I3dNames.KINETICS_I3D_PYTORCH.first());

        private final Opener opener;

        /** Some of which only this kind of network has. */
        private final List<String> tensors;

        Kind(Opener opener, String... tensors) {
            this.opener = opener;
            this.tensors = List.of(tensors);
        }
    }

    /** Reads a network. */
    @FunctionalInterface
    private interface Opener {
        FeatureExtractor open(Path file, Device device) throws IOException;
    }

    /** Returns whether it takes clips, and not pictures. */
    public boolean takesClips() {
        return this == I3D;
    }

    /**
     * Returns its name.
     *
     * @return as on the command line
     */
    public String label() {
        return label;
    }

    /**
     * Returns what its authors call the file of its weights.
     *
     * @return a file name
     */
    public String fileName() {
        return fileName;
    }

    /**
     * Finds the file where it belongs.
     *
     * @param folder of such files
     * @return the file, not yet read
     * @throws IOException if it is not there, with a line that names it, its source and its
     *     location
     */
    public Path fileIn(Path folder) throws IOException {
        Path file = folder.resolve(fileName);
        if (!Files.isRegularFile(file)) {
            throw new IOException(
                    "%s needs its weights: get %s from %s and put it at %s"
                            .formatted(label, fileName, page, file));
        }
        return file;
    }
}
