package io.zigma.train;

import io.zigma.io.ContentHash;
import io.zigma.train.data.DatasetException;
import io.zigma.train.data.DatasetKind;
import io.zigma.train.data.DatasetOptions;
import io.zigma.train.data.ImageDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A data format of another program in one class: a text file with a picture on each line, its class
 * and then its rows of digits, 0 for black to 9 for white, as in {@code circle 090 909 090}.
 */
public final class ToyDataFormat implements DatasetKind {

    public static final ToyDataFormat INSTANCE = new ToyDataFormat();

    private static final float HALF_OF_NINE = 4.5f;

    @Override
    public String name() {
        return "toy-digits";
    }

    @Override
    public String description() {
        return "a text file of digits that ends in .toy";
    }

    @Override
    public boolean recognises(Path source) {
        return source.toString().endsWith(".toy");
    }

    @Override
    public ImageDataset open(Path source, DatasetOptions options) throws IOException {
        List<String> lines = Files.readAllLines(source);
        if (lines.isEmpty()) {
            throw new DatasetException(source + ": there is no picture in it");
        }
        List<List<String>> pictures = // of each its class, then its rows
                lines.stream().map(line -> List.of(line.split(" "))).toList();
        return new Pictures(source.getFileName().toString(), pictures);
    }

    private record Pictures(String name, List<List<String>> pictures) implements ImageDataset {

        @Override
        public int size() {
            return pictures.size();
        }

        @Override
        public int channels() {
            return 1;
        }

        @Override
        public int height() {
            return pictures.get(0).size() - 1;
        }

        @Override
        public int width() {
            return pictures.get(0).get(1).length();
        }

        @Override
        public List<String> labels() {
            return pictures.stream().map(picture -> picture.get(0)).distinct().sorted().toList();
        }

        @Override
        public int label(int index) {
            return labels().indexOf(pictures.get(index).get(0));
        }

        @Override
        public void read(int index, boolean flipped, float[] target, int offset) {
            for (int y = 0; y < height(); y++) {
                String row = pictures.get(index).get(1 + y);
                for (int x = 0; x < width(); x++) {
                    int digit = row.charAt(flipped ? width() - 1 - x : x) - '0';
                    target[offset + y * width() + x] = digit / HALF_OF_NINE - 1;
                }
            }
        }

        @Override
        public String contentHash() {
            return new ContentHash().add(pictures.toString()).hex();
        }
    }
}
