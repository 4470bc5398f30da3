import io.zigma.train.metric.*; import java.util.*;
public class P { public static void main(String[] a){ Random r=new Random(1); 
 float[] t=new float[60000*784], s=new float[1000*784]; for(int i=0;i<t.length;i++)t[i]=r.nextInt(256); for(int i=0;i<s.length;i++)s[i]=r.nextInt(256);
 for(int k=0;k<2;k++){long b=System.nanoTime(); Memorisation m=Memorisation.of(FeatureMatrix.of(784,s),FeatureMatrix.of(784,t),FeatureMatrix.of(784,Arrays.copyOf(s,784)));
 System.out.println((System.nanoTime()-b)/1e9+" s "+m.distance(3));} } }
