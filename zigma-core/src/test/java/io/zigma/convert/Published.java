package io.zigma.convert;

import io.zigma.convert.OfficialFiles.AdmFlags;
import io.zigma.convert.OfficialFiles.Condition;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Every published file that is imported by its names and shapes alone, with what it must be taken
 * for. The names are the publishers'.
 */
public enum Published {
    /** DiT's two files (Peebles and Xie 2023). */
    DIT_XL_2_256("DiT-XL-2-256x256.pt", "dit", "xl-2", 675, "ddpm") {
        @Override
        OfficialFile file(boolean small) {
            return OfficialFiles.dit(32, 2, small ? 384 : 1152, small ? 1 : 28, 1000, 4, true);
        }
    },
    DIT_XL_2_512("DiT-XL-2-512x512.pt", "dit", "", 675, "ddpm") {
        @Override
        OfficialFile file(boolean small) {
            return OfficialFiles.dit(64, 2, small ? 384 : 1152, small ? 1 : 28, 1000, 4, true);
        }
    },
    /** SiT's (Ma et al. 2024), whose head keeps the channels of a variance. */
    SIT_XL_2_256("SiT-XL-2-256.pt", "dit", "", 675) {
        @Override
        OfficialFile file(boolean small) {
            return OfficialFiles.dit(32, 2, small ? 384 : 1152, small ? 1 : 28, 1000, 4, true);
        }
    },
    /** U-ViT's ten files (Bao et al. 2023). */
    UVIT_S_2("cifar10_uvit_small.pth", "uvit", "s-2", 44) {
        @Override
        OfficialFile file(boolean small) {
            return OfficialFiles.uvit(32, 2, 3, 512, small ? 2 : 12, Condition.NONE, true);
        }
    },
    UVIT_S_4("celeba_uvit_small.pth", "uvit", "s-4", 44) {
        @Override
        OfficialFile file(boolean small) {
            return OfficialFiles.uvit(64, 4, 3, 512, small ? 2 : 12, Condition.NONE, true);
        }
    },
    UVIT_M_4("imagenet64_uvit_mid.pth", "uvit", "m-4", 131) {
        @Override
        OfficialFile file(boolean small) {
            return OfficialFiles.uvit(64, 4, 3, 768, small ? 2 : 16, Condition.classes(1000), true);
        }
    },
    UVIT_L_4("imagenet64_uvit_large.pth", "uvit", "l-4", 287) {
        @Override
        OfficialFile file(boolean small) {
            return OfficialFiles.uvit(
                    64, 4, 3, small ? 512 : 1024, small ? 2 : 20, Condition.classes(1000), true);
        }
    },
    UVIT_L_2("imagenet256_uvit_large.pth", "uvit", "l-2", 287) {
        @Override
        OfficialFile file(boolean small) {
            return OfficialFiles.uvit(
                    32, 2, 4, small ? 512 : 1024, small ? 2 : 20, Condition.classes(1001), true);
        }
    },
    UVIT_L_4_LATENT("imagenet512_uvit_large.pth", "uvit", "l-4-latent", 287) {
        @Override
        OfficialFile file(boolean small) {
            return OfficialFiles.uvit(
                    64, 4, 4, small ? 512 : 1024, small ? 2 : 20, Condition.classes(1001), true);
        }
    },
    UVIT_H_2("imagenet256_uvit_huge.pth", "uvit", "h-2", 501) {
        @Override
        OfficialFile file(boolean small) {
            return OfficialFiles.uvit(
                    32, 2, 4, small ? 512 : 1152, small ? 2 : 28, Condition.classes(1001), false);
        }
    },
    UVIT_H_4("imagenet512_uvit_huge.pth", "uvit", "h-4", 501) {
        @Override
        OfficialFile file(boolean small) {
            return OfficialFiles.uvit(
                    64, 4, 4, small ? 512 : 1152, small ? 2 : 28, Condition.classes(1001), false);
        }
    },
    UVIT_S_2_TEXT("mscoco_uvit_small.pth", "uvit", "s-2-text", 45) {
        @Override
        OfficialFile file(boolean small) {
            return OfficialFiles.uvit(
                    32, 2, 4, 512, small ? 2 : 12, new Condition(0, 768, 77), true);
        }
    },
    UVIT_S_DEEP_2_TEXT("mscoco_uvit_small_deep.pth", "uvit", "s-deep-2-text", 58) {
        @Override
        OfficialFile file(boolean small) {
            return OfficialFiles.uvit(
                    32, 2, 4, 512, small ? 4 : 16, new Condition(0, 768, 77), true);
        }
    },
    /** ADM's models (Dhariwal and Nichol 2021). */
    ADM_64("64x64_diffusion.pt", "adm", "64", 296) {
        @Override
        OfficialFile file(boolean small) {
            return OfficialFiles.adm(
                    AdmFlags.of(64, small ? 64 : 192, small ? 1 : 3), 3, small ? 7 : 1000);
        }
    },
    ADM_128("128x128_diffusion.pt", "adm", "128", 422) {
        @Override
        OfficialFile file(boolean small) {
            return OfficialFiles.adm(
                    AdmFlags.of(128, small ? 32 : 256, small ? 1 : 2), 3, small ? 7 : 1000);
        }
    },
    ADM_256("256x256_diffusion.pt", "adm", "256", 554) {
        @Override
        OfficialFile file(boolean small) {
            return OfficialFiles.adm(
                    AdmFlags.of(256, small ? 32 : 256, small ? 1 : 2), 3, small ? 7 : 1000);
        }
    },
    ADM_256_UNCONDITIONAL("256x256_diffusion_uncond.pt", "adm", "256-unconditional", 553) {
        @Override
        OfficialFile file(boolean small) {
            return OfficialFiles.adm(AdmFlags.of(256, small ? 32 : 256, small ? 1 : 2), 3, 0);
        }
    },
    ADM_512("512x512_diffusion.pt", "adm", "512", 559) {
        @Override
        OfficialFile file(boolean small) {
            return OfficialFiles.adm(
                    AdmFlags.of(512, small ? 64 : 256, small ? 1 : 2), 3, small ? 7 : 1000);
        }
    };

    private final String fileName;
    private final String kind;
    private final String preset;
    private final int millions;
    private final String process;

    Published(String fileName, String kind, String preset, int millions) {
        this(fileName, kind, preset, millions, "");
    }

    Published(String fileName, String kind, String preset, int millions, String process) {
        this.fileName = fileName;
        this.kind = kind;
        this.preset = preset;
        this.millions = millions;
        this.process = process;
    }

    /** Makes the file, of the published size or with few and narrow layers. */
    abstract OfficialFile file(boolean small);

    /** Returns the file's tensors as published. */
    public OfficialFile full() {
        return file(false);
    }

    /** Returns a file with the same kinds of tensors that a test can afford. */
    public OfficialFile small() {
        return file(true);
    }

    /** Returns how the publisher called the file. */
    public String fileName() {
        return fileName;
    }

    /** Returns the architecture. */
    public String kind() {
        return kind;
    }

    /** Returns the preset with its shape, if it has one. */
    public Optional<String> preset() {
        return preset.isEmpty() ? Optional.empty() : Optional.of(preset);
    }

    /** Returns how many million parameters its paper reports. */
    public int millions() {
        return millions;
    }

    /** Returns the process that must be given, where another has the same tensors. */
    public Optional<String> process() {
        return process.isEmpty() ? Optional.empty() : Optional.of(process);
    }

    /** Returns the channels of an output that its process reads, by those of a sample. */
    public int outputs(int channels) {
        return process.isEmpty() ? channels : 2 * channels;
    }

    /** The file of Stable Diffusion's autoencoder. */
    public static final String AUTOENCODER = "vae-ft-mse-840000-ema-pruned.safetensors";

    private static final int ITS_CHANNELS = 128;

    /** Finds a model by the publisher's name for its file. */
    public static Optional<Published> named(String fileName) {
        return Arrays.stream(values())
                .filter(published -> published.fileName.equals(fileName))
                .findFirst();
    }

    /**
     * Finds any file by the publisher's name for it.
     *
     * @param fileName of a model, a classifier or the autoencoder
     * @return its tensors in full size
     */
    public static OfficialFile file(String fileName) {
        if (fileName.equals(AUTOENCODER)) {
            return OfficialFiles.autoencoder(ITS_CHANNELS);
        }
        return Stream.concat(
                        named(fileName).stream().map(Published::full),
                        Arrays.stream(Classifier.values())
                                .filter(classifier -> classifier.fileName().equals(fileName))
                                .map(Classifier::full))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no file " + fileName));
    }

    /** ADM's classifiers by the side of their pictures. */
    public enum Classifier {
        CLASSIFIER_64(64, 4, 65),
        CLASSIFIER_128(128, 2, 43),
        CLASSIFIER_256(256, 2, 54),
        CLASSIFIER_512(512, 2, 54);

        private final int side;
        private final int depth;
        private final int millions;

        Classifier(int side, int depth, int millions) {
            this.side = side;
            this.depth = depth;
            this.millions = millions;
        }

        /** Returns the file's tensors as published. */
        public OfficialFile full() {
            return OfficialFiles.admClassifier(AdmFlags.of(side, 128, depth), 1000);
        }

        /** Returns a file with the same kinds of tensors that a test can afford. */
        public OfficialFile small() {
            return OfficialFiles.admClassifier(AdmFlags.of(side, 64, 1), 7);
        }

        /** Returns the side of its pictures. */
        public int side() {
            return side;
        }

        /** Returns how many million parameters its paper reports. */
        public int millions() {
            return millions;
        }

        /** Returns how the publisher called the file. */
        public String fileName() {
            return "%sx%s_classifier.pt".formatted(side, side);
        }
    }

    /** ADM's upsamplers, whose pictures come with a smaller one. */
    public enum Upsampler {
        UPSAMPLER_64_256(
                "64_256_upsampler.pt",
                312,
                () ->
                        OfficialFiles.adm(
                                new AdmFlags(
                                        256,
                                        192,
                                        2,
                                        new int[] {32, 16, 8},
                                        new double[] {1, 1, 2, 2, 4, 4}),
                                6,
                                1000)),
        UPSAMPLER_128_512(
                "128_512_upsampler.pt",
                309,
                () ->
                        OfficialFiles.adm(
                                new AdmFlags(
                                        512,
                                        192,
                                        2,
                                        new int[] {32, 16},
                                        new double[] {1, 1, 2, 2, 4, 4}),
                                6,
                                1000));

        private final String fileName;
        private final int millions;
        private final Supplier<OfficialFile> file;

        Upsampler(String fileName, int millions, Supplier<OfficialFile> file) {
            this.fileName = fileName;
            this.millions = millions;
            this.file = file;
        }

        /** Returns how the publisher called the file. */
        public String fileName() {
            return fileName;
        }

        /** Returns how many million parameters its paper reports. */
        public int millions() {
            return millions;
        }

        /** Returns the file's tensors. */
        public OfficialFile full() {
            return file.get();
        }
    }
}
