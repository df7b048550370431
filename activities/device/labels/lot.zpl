^XA
^CI28^PW640^LL400
^FO32,28^A0N,34,34^FH_^FD{{data .Product}}^FS
^FO32,76^A0N,56,56^FH_^FD{{data .Lot}}^FS
^FO32,150^A0N,26,26^FH_^FDOrder {{data .Order}}   {{data .Quantity}} pcs^FS
^FO32,200^BXN,8,200,,,,_^FD{{gs1 .Code}}^FS
^FO240,330^A0N,24,24^FH_^FD{{data .Code}}^FS
^XZ
