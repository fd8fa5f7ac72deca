"""What anomaly rules have learnt of their series: looked at, and begun anew."""
