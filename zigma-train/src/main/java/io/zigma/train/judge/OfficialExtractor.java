package io.zigma.train.judge;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The networks that the literature measures with. None is shipped: their weights are for the user
 * to get, under their own licences.
 */
public enum OfficialExtractor {
    /** For Fréchet Inception distance, kernel distance and Inception Score. */
    INCEPTION_V3(
            "inception-v3",
            "pt_inception-2015-12-05-6726825d.pth",
            "the release 'fid_weights' of https://github.com/mseitzer/pytorch-fid") {
        @Override
        public FeatureExtractor open(Path file, Device device) throws IOException {
            return InceptionV3.open(file, device);
        }
    },
    /** DINOv2's small model. */
    DINOV2_VITS14("dinov2-vits14", "dinov2_vits14_pretrain.pth", OfficialExtractor.DINOV2) {
        @Override
        public FeatureExtractor open(Path file, Device device) throws IOException {
            return DinoV2.open(file, device);
        }
    },
    /** DINOv2's base model. */
    DINOV2_VITB14("dinov2-vitb14", "dinov2_vitb14_pretrain.pth", OfficialExtractor.DINOV2) {
        @Override
        public FeatureExtractor open(Path file, Device device) throws IOException {
            return DinoV2.open(file, device);
        }
    },
    /** DINOv2's large model, which Stein et al. 2023 recommend. */
    DINOV2_VITL14("dinov2-vitl14", "dinov2_vitl14_pretrain.pth", OfficialExtractor.DINOV2) {
        @Override
        public FeatureExtractor open(Path file, Device device) throws IOException {
            return DinoV2.open(file, device);
        }
    };

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
     * Finds a network by its name.
     *
     * @param label as on the command line
     * @return the network, or empty if there is none of that name
     */
    public static Optional<OfficialExtractor> named(String label) {
        return Arrays.stream(values()).filter(one -> one.label.equals(label)).findFirst();
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
     * Reads the network from where its file belongs.
     *
     * @param folder where such files are kept
     * @param device where to compute
     * @return the network, to be closed
     * @throws IOException if the file is not there, with a line that says which one, where to get
     *     it and where it goes; or if it is damaged or of another network
     */
    public FeatureExtractor openFrom(Path folder, Device device) throws IOException {
        Path file = folder.resolve(fileName);
        if (!Files.isRegularFile(file)) {
            throw new IOException(
                    "%s needs its weights: get %s from %s and put it at %s"
                            .formatted(label, fileName, page, file));
        }
        return open(file, device);
    }

    /**
     * Reads the network from a file.
     *
     * @param file its weights, in the official file or as safetensors
     * @param device where to compute
     * @return the network, to be closed
     * @throws IOException if the file is missing, damaged or of another network
     */
    public abstract FeatureExtractor open(Path file, Device device) throws IOException;
}
